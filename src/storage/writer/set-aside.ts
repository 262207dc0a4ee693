import type { ClosingTarget } from "../../queue/journal.ts";
import { operationState } from "../operation-state.ts";
import { closeOperation } from "../statements/close-operation.ts";
import { EXPIRED } from "./reasons.ts";
import { mustChange } from "./must-change.ts";
import type { Answer, Context } from "./context.ts";
import { closingRowOf, hasBegun, type RowFacts } from "./rows.ts";

/**
 * A waiting row is taken out of the queue: it ends at once when nothing of it was ever begun, and is closed first
 * when something was, because its effect may be there.
 */
export function setAside(
  context: Context,
  row: RowFacts,
  becomes: "expired" | "cancelled" | "interrupted",
  error: string | null,
  into: Pick<Answer, "expired" | "closing">,
): "ended" | "closing" {
  if (becomes === "interrupted" || hasBegun(row)) {
    close(context, row, becomes, error);
    into.closing.push(closingRowOf(row, becomes));
    return "closing";
  }
  context.endings.add(row, row.state, {
    outcome: becomes,
    endedAt: context.schedule.now,
    attempts: row.attempts,
    replayed: false,
    valueOmitted: false,
    result: null,
    error: error ?? EXPIRED,
    claimedAt: null,
  });
  if (becomes === "expired") into.expired.push(row.sequence);
  // Written at once: of several rows that leave one lane together, none may inherit from the other what it carries.
  context.endings.flush();
  if (row.lane !== null) context.lanes.left(row.lane, row.sequence, row.priority);
  return "ended";
}

function close(context: Context, row: RowFacts, becomes: ClosingTarget, error: string | null): void {
  const { connection, counter, audit, schedule } = context;
  audit.append(schedule.now, "closing", row.sequence, row.principal, JSON.stringify({ becomes }));
  mustChange(connection.run(closeOperation, [becomes, error, 0, row.priority, row.sequence]), row.sequence);
  counter.move(row.pool, row.state, operationState.closing);
}
