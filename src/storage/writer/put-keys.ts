import type { Connection } from "../connection.ts";
import { ACCEPT, type Batch, type KeyOfAcceptance } from "../protocol.ts";
import { findOperation } from "../statements/find-operation.ts";
import { insertKeys, replaceKey, selectKeys, type KeyRow } from "../statements/keys.ts";

export interface Duplicate {
  readonly sequence: number;
  readonly sameInput: boolean;
}

/** Takes the batch's idempotency keys; answers which acceptances are duplicates, by their index. */
export function putKeys(connection: Connection, batch: Batch): Map<number, Duplicate> {
  const duplicates = new Map<number, Duplicate>();
  const sequenceOf = (key: KeyOfAcceptance): number => batch.acceptances[key.index * ACCEPT.width] as number;
  const first = new Map<string, KeyOfAcceptance>();
  for (const key of batch.keys) {
    const earlier = first.get(key.hash);
    if (earlier === undefined) first.set(key.hash, key);
    else duplicates.set(key.index, { sequence: sequenceOf(earlier), sameInput: earlier.inputHash === key.inputHash });
  }
  const taken = [...first.values()];
  const values = taken.flatMap((key) => [key.hash, sequenceOf(key), key.inputHash, key.until]);
  if (connection.runSized(insertKeys, values) === taken.length) return duplicates;

  const stored = new Map(
    connection
      .allSized<KeyRow>(
        selectKeys,
        taken.map(({ hash }) => hash),
      )
      .map((row) => [row[0], row]),
  );
  for (const key of batch.keys) {
    const row = stored.get(key.hash);
    const owner = first.get(key.hash);
    if (row === undefined || owner === undefined || row[1] === sequenceOf(owner)) continue;
    const [hash, sequence, inputHash, until] = row;
    // The key's time is over; it still means its operation for as long as that one has not ended.
    if (until <= (batch.now as number) && connection.get(findOperation, [sequence]) === undefined) {
      if (key === owner) connection.run(replaceKey, [sequenceOf(key), key.inputHash, key.until, hash]);
    } else duplicates.set(key.index, { sequence, sameInput: inputHash === key.inputHash });
  }
  return duplicates;
}
