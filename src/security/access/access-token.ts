import type { Priority } from "../../../machines/contracts/priority.ts";
import type { Principal } from "../../operations/principal.ts";
import type { SecretKind } from "./token-secret.ts";

/** Kinds that are stored. A link is not: it is over within minutes, and with the process. */
export type TokenKind = Exclude<SecretKind, "link">;

/** Who ended a token, and why. */
export interface TokenEnd {
  /** Wall time. */
  readonly at: number;
  readonly by: string;
  readonly reason: string;
}

/** A token as people may see it: everything but the secret. Times are wall times, milliseconds since 1970. */
export interface AccessToken {
  readonly id: number;
  readonly kind: TokenKind;
  /** Who acts by it is `token <name>` in the audit and as the principal of operations. */
  readonly name: string;
  readonly permissions: Principal["permissions"];
  /** The most urgent priority it may ask for; any when absent. */
  readonly highestPriority?: Priority;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly reason: string;
  /** Never, when absent. */
  readonly expiresAt?: number;
  readonly revoked?: TokenEnd;
  /** Of a session: the token that it was signed in with, and ends with. */
  readonly parent?: number;
}

/** A token as it is stored. */
export interface TokenRecord extends AccessToken {
  /** SHA-256 of the secret, in hexadecimal digits. */
  readonly hash: string;
}

export const isLive = ({ revoked, expiresAt }: AccessToken, now: number): boolean =>
  revoked === undefined && (expiresAt === undefined || expiresAt > now);

export function withoutHash({ hash: _, ...token }: TokenRecord): AccessToken {
  return token;
}

/** Who acts by a token. A name of its own kind: no token can pass for the embedding service or another principal. */
export const principalOf = ({ name, permissions, highestPriority }: AccessToken): Principal =>
  Object.freeze({
    id: `token ${name}`,
    permissions,
    ...(highestPriority === undefined ? {} : { highestPriority }),
  });
