import { operationState } from "../operation-state.ts";
import type { RowRequest } from "../protocol.ts";
import { buryOperation } from "../statements/bury-operation.ts";
import { findOperation } from "../statements/find-operation.ts";
import type { StoredRow } from "../statements/stored-columns.ts";
import type { Context } from "./context.ts";
import type { Ending } from "./endings.ts";
import { INTERRUPTED } from "./reasons.ts";
import { factsOfStored, type StoredFacts } from "./rows.ts";

/** The fence has been written, or has found an effect: the row ends or is buried. False when it is not closing. */
export function answerClosing(context: Context, request: RowRequest & { kind: "closed" }): boolean {
  const { connection, endings, lanes, schedule } = context;
  endings.flush();
  const stored = connection.get<StoredRow>(findOperation, [request.sequence]);
  if (stored === undefined || stored[1] !== operationState.closing) return false;
  const row = factsOfStored(stored);
  if (request.found === "fenced" && (row.closingTarget === "dead" || row.closingTarget === "interrupted")) {
    bury(context, row, request.skip);
    return true;
  }
  endings.add(row, operationState.closing, endingOf(row, request, schedule.now));
  if (row.lane !== null) lanes.left(row.lane, row.sequence, row.priority);
  return true;
}

function endingOf(row: StoredFacts, request: RowRequest & { kind: "closed" }, now: number): Ending {
  const applied = request.found === "applied";
  return {
    outcome: applied ? "completed" : row.closingTarget === "cancelled" ? "cancelled" : "expired",
    endedAt: now,
    attempts: row.attempts,
    replayed: applied,
    // Only a keyed operation's receipt keeps the value.
    valueOmitted: applied && request.result === null && row.keyUntil === null,
    result: applied ? request.result : null,
    error: applied ? null : row.error,
    claimedAt: null,
  };
}

function bury(
  { connection, counter, lanes, laneRows, audit, schedule }: Context,
  row: StoredFacts,
  skip: boolean,
): void {
  const error = row.error ?? INTERRUPTED;
  const passed = skip ? 1 : 0;
  connection.run(buryOperation, [schedule.now, error, 0, row.priority, passed, passed, row.sequence]);
  counter.move(row.pool, operationState.closing, operationState.dead);
  const { code } = JSON.parse(error) as { code: string };
  audit.append(schedule.now, "buried", row.sequence, row.principal, JSON.stringify({ error: code, skipped: skip }));
  if (!skip || row.lane === null) return;
  laneRows.remove(row.lane);
  lanes.left(row.lane, row.sequence, row.priority);
}
