import type { RetriedDead } from "../../queue/journal.ts";
import { idOfSequence, parseOperationId } from "../operation-id.ts";
import { operationState } from "../operation-state.ts";
import type { RetryRequest } from "../protocol.ts";
import { moveOperation } from "../statements/move-operation.ts";
import { insertMoved, redirectKey, redirectMoved } from "../statements/moved.ts";
import { retryOperation } from "../statements/retry-operation.ts";
import { findRow } from "./administer.ts";
import { mustChange } from "./must-change.ts";
import type { Context } from "./context.ts";
import type { StoredFacts } from "./rows.ts";

/** A person's retry: the next incarnation, in the letter's place, or at the end of the lane that has passed it. */
export function retryDead(context: Context, request: RetryRequest, flushInserts: () => void): RetriedDead {
  const row = findRow(context, request.sequence);
  if (row?.state !== operationState.dead) return { state: "not_dead" };
  const moved = row.skippedLane !== null;
  const { connection, counter, audit, schedule } = context;
  if (moved) moveToEnd(context, row, row.skippedLane, request, flushInserts);
  else {
    mustChange(connection.run(retryOperation, [request.expiresAt, row.sequence]), row.sequence);
    counter.move(row.pool, operationState.dead, operationState.ready);
  }
  const retried: RetriedDead = {
    state: "retried",
    place: moved ? "end" : "same",
    sequence: moved ? request.nextSequence : row.sequence,
  };
  const detail = JSON.stringify({ reason: request.reason, place: retried.place, sequence: retried.sequence });
  audit.append(schedule.now, "retried", row.sequence, request.principal, detail);
  return retried;
}

function moveToEnd(
  context: Context,
  row: StoredFacts,
  lane: number,
  request: RetryRequest,
  flushInserts: () => void,
): void {
  const { connection, counter, lanes } = context;
  const { nextSequence, expiresAt } = request;
  const carried = lanes.enter(lane, nextSequence, row.priority, flushInserts);
  const state = carried === undefined ? operationState.ready : operationState.blocked;
  const operationId = row.operationId ?? idOfSequence(row.sequence);
  flushInserts();
  const values = [nextSequence, state, carried ?? row.priority, operationId, expiresAt, row.sequence];
  mustChange(connection.run(moveOperation, values), row.sequence);
  counter.move(row.pool, operationState.dead, state);
  connection.run(redirectMoved, [nextSequence, row.sequence]);
  connection.run(insertMoved, [row.sequence, nextSequence]);
  const parsed = parseOperationId(operationId);
  if (parsed !== undefined && "hash" in parsed) connection.run(redirectKey, [nextSequence, parsed.hash, row.sequence]);
}
