import { StorageError } from "../errors.ts";
import type { Accepted } from "../queue/journal.ts";
import type { PendingBatch } from "./pending-batch.ts";
import { ACCEPTED_BLOCKED, ACCEPTED_DUPLICATE, ACCEPTED_READY, type Reply } from "./protocol.ts";
import { readClaim } from "./read-claim.ts";
import { toStorageError } from "./storage-failure.ts";

const READY: Accepted = { state: "ready" };
const BLOCKED: Accepted = { state: "blocked" };

/** The batch is on disk: everyone who waits for a part of it is answered. */
export function settleBatch(batch: PendingBatch, reply: Reply): void {
  const { acceptancesFailed } = reply;
  if (acceptancesFailed === undefined) {
    settleAcceptances(batch, reply);
    for (const [index, { resolve }] of batch.retries.waiters.entries()) resolve(reply.retries[index]);
  } else {
    const error = toStorageError(acceptancesFailed);
    for (const { reject } of batch.acceptanceWaiters) reject(error);
    batch.retries.reject(error);
  }
  settleOwned(batch.endWaiters, reply.endsNotOwned);
  settleOwned(batch.rows.waiters, reply.rowsNotOwned);
  for (const { resolve } of batch.finished.waiters) resolve();
  for (const { resolve } of batch.witnesses) resolve();
  for (const [index, { resolve }] of batch.administration.waiters.entries()) resolve(reply.administration[index]);
  for (const [index, claim] of reply.claims.entries()) batch.claims.waiters[index]?.resolve(readClaim(claim));
}

function settleAcceptances({ acceptanceWaiters }: PendingBatch, { accepted, duplicates }: Reply): void {
  let duplicate = 0;
  for (const [index, { resolve }] of acceptanceWaiters.entries()) {
    const answer = accepted[index] as number;
    if (answer === ACCEPTED_READY) resolve(READY);
    else if (answer === ACCEPTED_BLOCKED) resolve(BLOCKED);
    else if (answer === ACCEPTED_DUPLICATE) {
      resolve({
        state: "duplicate",
        sequence: duplicates[duplicate + 1] as number,
        sameInput: duplicates[duplicate + 2] === 1,
      });
      duplicate += 3;
    } else resolve({ state: "running", token: answer });
  }
}

function settleOwned(waiters: PendingBatch["endWaiters"], notOwned: readonly number[]): void {
  if (notOwned.length === 0) {
    for (const { resolve } of waiters) resolve();
    return;
  }
  const refused = new Set(notOwned);
  for (const [index, { resolve, reject }] of waiters.entries()) {
    if (refused.has(index)) reject(notOwner());
    else resolve();
  }
}

const notOwner = (): StorageError =>
  new StorageError(
    "run_not_owned",
    "the operation is not running under this token (any more): it was handed back or has ended",
  );
