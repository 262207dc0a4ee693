import type { Connection, Value } from "../connection.ts";
import { type Batch, KEY } from "../protocol.ts";
import { findOperation } from "../statements/find-operation.ts";
import { insertKeys, replaceKey, selectKeys, type KeyRow } from "../statements/keys.ts";

export interface Duplicate {
  readonly sequence: number;
  readonly sameInput: boolean;
}

/** Takes the batch's idempotency keys; answers which acceptances are duplicates, by their number. */
export function putKeys(connection: Connection, { keys, now }: Batch): Map<number, Duplicate> {
  const duplicates = new Map<number, Duplicate>();
  const first = new Map<string, KeyRow>();
  for (let from = 0; from < keys.length; from += KEY.width) {
    const key = keyAt(keys, from);
    const earlier = first.get(key[KEY.hash]);
    if (earlier === undefined) first.set(key[KEY.hash], key);
    else duplicates.set(key[KEY.sequence], duplicateOf(earlier, key));
  }
  const values = duplicates.size === 0 ? keys : [...first.values()].flat();
  if (connection.runSized(insertKeys, values) === first.size) return duplicates;

  const stored = new Map(connection.allSized<KeyRow>(selectKeys, [...first.keys()]).map((row) => [row[KEY.hash], row]));
  for (let from = 0; from < keys.length; from += KEY.width) {
    const key = keyAt(keys, from);
    const row = stored.get(key[KEY.hash]);
    const owner = first.get(key[KEY.hash]);
    if (row === undefined || owner === undefined || row[KEY.sequence] === owner[KEY.sequence]) continue;
    // The key's time is over; it still means its operation for as long as that one has not ended.
    if (row[KEY.until] <= now && connection.get(findOperation, [row[KEY.sequence]]) === undefined) {
      if (key[KEY.sequence] !== owner[KEY.sequence]) continue;
      connection.run(replaceKey, [key[KEY.sequence], key[KEY.inputHash], key[KEY.until], key[KEY.hash]]);
    } else duplicates.set(key[KEY.sequence], duplicateOf(row, key));
  }
  return duplicates;
}

const keyAt = (keys: readonly Value[], from: number): KeyRow => keys.slice(from, from + KEY.width) as KeyRow;

const duplicateOf = (earlier: KeyRow, key: KeyRow): Duplicate => ({
  sequence: earlier[KEY.sequence],
  sameInput: earlier[KEY.inputHash] === key[KEY.inputHash],
});
