/*
 * An operation's id is `op_<number>`, its first number, or `op_<hash>` with an idempotency key. Numbers have at most
 * 16 digits and hashes are longer, so the two are told apart by looking. Ids of the first kind are not stored.
 */

const NUMBERED = /^op_([0-9]{1,16})$/;

export const idOfSequence = (sequence: number): string => `op_${sequence}`;

export const idOfKey = (hash: string): string => `op_${hash}`;

export type ParsedId = { readonly sequence: number } | { readonly hash: string };

/** Undefined for what is no operation's id. */
export function parseOperationId(id: string): ParsedId | undefined {
  const digits = NUMBERED.exec(id)?.[1];
  if (digits !== undefined) return { sequence: Number(digits) };
  return id.startsWith("op_") && id.length > 19 ? { hash: id.slice(3) } : undefined;
}
