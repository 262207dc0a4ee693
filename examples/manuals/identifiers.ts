import { createHash } from "node:crypto";
import { cut } from "./text/normalize-text.ts";

const LONGEST_SLUG = 60;

/** Lower-case letters and digits of any script, joined by dashes. Never empty, at most 60 characters. */
export function slug(text: string): string {
  const plain = text
    .slice(0, 400)
    .toWellFormed()
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "-")
    .replace(/^-|-$/g, "");
  if (plain.length > 0 && plain.length <= LONGEST_SLUG) return plain;
  // What was cut off, or could not be spelled, must still keep two names apart.
  const rest = fingerprint(text).slice(0, 8);
  return plain === "" ? rest : `${cut(plain, 0, LONGEST_SLUG - 9)}-${rest}`;
}

/** The first 32 hexadecimal digits of the SHA-256 of a text. */
export function fingerprint(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}

/** Makes the ids of one document: the same text always gets the same ids, and none twice. */
export class Identifiers {
  readonly #document: string;
  readonly #used = new Map<string, number>();

  constructor(document: string) {
    this.#document = document;
  }

  /** `document/part/part`; the second of the same name gets `-2`. Parts must be slugs already. */
  make(...parts: readonly string[]): string {
    const base = [this.#document, ...parts].join("/");
    let count = (this.#used.get(base) ?? 0) + 1;
    this.#used.set(base, count);
    if (count === 1) return base;
    // A heading may itself be called "Cleaning 2".
    while (this.#used.has(`${base}-${count}`)) count += 1;
    this.#used.set(base, count);
    this.#used.set(`${base}-${count}`, 1);
    return `${base}-${count}`;
  }
}
