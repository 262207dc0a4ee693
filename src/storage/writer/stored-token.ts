import type { Priority } from "../../../machines/contracts/priority.ts";
import type { TokenEnd, TokenKind, TokenRecord } from "../../security/access/access-token.ts";
import type { Connection, Value } from "../connection.ts";
import { deleteToken, saveToken } from "../statements/tokens.ts";

/** A row of `token`, in the order of its columns. */
export type StoredToken = [
  id: number,
  hash: string,
  kind: TokenKind,
  name: string,
  permissions: string,
  highestPriority: Priority | null,
  parent: number | null,
  createdAt: number,
  createdBy: string,
  reason: string,
  expiresAt: number | null,
  revoked: string | null,
];

/** Writes one, and forgets those that are over for longest. */
export function storeToken(connection: Connection, token: TokenRecord, forget: readonly number[]): void {
  connection.run(saveToken, toStoredToken(token));
  for (const id of forget) connection.run(deleteToken, [id]);
}

const toStoredToken = (token: TokenRecord): Value[] => [
  token.id,
  token.hash,
  token.kind,
  token.name,
  JSON.stringify(token.permissions),
  token.highestPriority ?? null,
  token.parent ?? null,
  token.createdAt,
  token.createdBy,
  token.reason,
  token.expiresAt ?? null,
  token.revoked === undefined ? null : JSON.stringify(token.revoked),
];

export function toToken(row: StoredToken): TokenRecord {
  const [id, hash, kind, name, permissions, highestPriority, parent, createdAt, createdBy, reason, expiresAt, revoked] =
    row;
  return {
    id,
    hash,
    kind,
    name,
    permissions: JSON.parse(permissions) as TokenRecord["permissions"],
    ...(highestPriority === null ? {} : { highestPriority }),
    ...(parent === null ? {} : { parent }),
    createdAt,
    createdBy,
    reason,
    ...(expiresAt === null ? {} : { expiresAt }),
    ...(revoked === null ? {} : { revoked: JSON.parse(revoked) as TokenEnd }),
  };
}
