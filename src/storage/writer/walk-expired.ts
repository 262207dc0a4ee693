import { operationState } from "../operation-state.ts";
import { selectAfter } from "../statements/select-after.ts";
import type { StoredRow } from "../statements/stored-columns.ts";
import type { Answer, Context } from "./context.ts";
import { factsOfStored } from "./rows.ts";
import { setAside } from "./set-aside.ts";

/** Rows looked at in one step. */
const STEP_ROWS = 512;

const waiting: ReadonlySet<number> = new Set([
  operationState.ready,
  operationState.scheduled,
  operationState.blocked,
  operationState.held,
]);

/** One step of the walk over the whole table, for what expires while nobody claims it: behind a closed breaker, held, parked. */
export function walkExpired(context: Context, answer: Answer): void {
  const { connection, schedule, undo, runs, endings } = context;
  const after = schedule.walkAfter;
  undo.push(() => {
    schedule.walkAfter = after;
  });
  endings.flush();
  const rows = connection.all<StoredRow>(selectAfter, [after, STEP_ROWS]);
  schedule.walkAfter = rows.length < STEP_ROWS ? 0 : (rows.at(-1)?.[0] ?? 0);
  for (const row of rows) {
    const [, state, , , , lane, , , , , expiresAt] = row;
    if (expiresAt > schedule.now || !waiting.has(state)) continue;
    // A lane whose run is under way is looked at by the next claim; here it would only complicate the run.
    if (lane !== null && runs.ofLane(lane) !== undefined) continue;
    setAside(context, factsOfStored(row), "expired", null, answer);
  }
}
