import { operationState } from "../operation-state.ts";
import { findNextDue } from "../statements/find-next-due.ts";
import { selectDue } from "../statements/select-due.ts";
import { wakeOperations } from "../statements/wake-operations.ts";
import type { Context } from "./context.ts";

/** Rows woken in one commit; the next commit takes the rest. */
const STEP_ROWS = 512;

/** Scheduled rows whose time has come are ready. Asks the disk only when the earliest known time is over. */
export function wakeDue({ connection, counter, schedule, undo }: Context): void {
  const { nextDue, now } = schedule;
  if (nextDue === null || nextDue > now) return;
  const rows = connection.all<[sequence: number, pool: number]>(selectDue, [now, STEP_ROWS]);
  connection.runSized(
    wakeOperations,
    rows.map(([sequence]) => sequence),
  );
  for (const [, pool] of rows) counter.move(pool, operationState.scheduled, operationState.ready);
  undo.push(() => {
    schedule.nextDue = nextDue;
  });
  schedule.nextDue = connection.get<[number | null]>(findNextDue, [])?.[0] ?? null;
}
