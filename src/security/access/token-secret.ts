import { hash, randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";

/*
 * A secret reads `hf_svc_<43 characters><6 characters>`: whose it is, 256 random bits in base 62, and a checksum over
 * all before it. So a scanner recognises one in a repository without asking anybody, and a typing error is told
 * from a wrong token. The store has its SHA-256: of 256 random bits a plain hash gives nothing away.
 */

/** What a secret opens, as the letters in its prefix say it. */
export const PREFIX_OF_KIND = {
  /** Made by the development mode at its first start. */
  development: "hf_dev_",
  /** A person's, for a terminal. */
  person: "hf_usr_",
  /** Another program's. */
  service: "hf_svc_",
  /** In the cookie of a browser that has signed in. */
  session: "hf_ses_",
  /** Signs a browser in, once. */
  link: "hf_lnk_",
} as const;

export type SecretKind = keyof typeof PREFIX_OF_KIND;

const KINDS = new Map<string, SecretKind>(
  (Object.keys(PREFIX_OF_KIND) as SecretKind[]).map((kind) => [PREFIX_OF_KIND[kind], kind]),
);
const PREFIX_LENGTH = 7;
const RANDOM_BYTES = 32;
const RANDOM_LENGTH = 43;
const CHECKSUM_LENGTH = 6;
const SECRET_LENGTH = PREFIX_LENGTH + RANDOM_LENGTH + CHECKSUM_LENGTH;
const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** A new secret, from the system's own randomness. */
export function makeSecret(kind: SecretKind): string {
  const body = PREFIX_OF_KIND[kind] + base62(BigInt(`0x${randomBytes(RANDOM_BYTES).toString("hex")}`), RANDOM_LENGTH);
  return body + checksum(body);
}

/** What kind of secret a text is; undefined for what was never one of ours. */
export function kindOfSecret(text: string): SecretKind | undefined {
  if (text.length !== SECRET_LENGTH || !/^hf_[a-z]{3}_[0-9A-Za-z]+$/.test(text)) return undefined;
  const body = text.slice(0, -CHECKSUM_LENGTH);
  return checksum(body) === text.slice(-CHECKSUM_LENGTH) ? KINDS.get(text.slice(0, PREFIX_LENGTH)) : undefined;
}

/** What the store and the memory have of it. Takes the same time for whatever a caller sends, up to a length. */
export const hashOfSecret = (text: string): string => hash("sha256", text.slice(0, 4 * SECRET_LENGTH), "hex");

const checksum = (body: string): string => base62(BigInt(crc32(body)), CHECKSUM_LENGTH);

function base62(value: bigint, length: number): string {
  let text = "";
  for (let rest = value; text.length < length; rest /= 62n) text = DIGITS[Number(rest % 62n)]! + text;
  return text;
}
