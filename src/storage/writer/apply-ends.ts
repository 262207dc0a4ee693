import type { EndOutcome } from "../../queue/journal.ts";
import type { Value } from "../connection.ts";
import { operationState } from "../operation-state.ts";
import { END } from "../protocol.ts";
import { leaveRun, type Answer, type Context } from "./context.ts";

/** Ends of running rows. Those whose token does not own the row are named, and change nothing. */
export function applyEnds(context: Context, ends: readonly Value[], answer: Answer): void {
  for (let from = 0; from < ends.length; from += END.width) {
    const row = context.runs.find(ends[from + END.sequence] as number, ends[from + END.token] as number);
    if (row === undefined) {
      answer.endsNotOwned.push(from / END.width);
      continue;
    }
    const outcome = ends[from + END.outcome] as EndOutcome;
    context.endings.add(row.facts, operationState.running, {
      outcome,
      endedAt: ends[from + END.endedAt] as number,
      attempts: row.facts.attempts + (outcome === "completed" || outcome === "failed" ? 1 : 0),
      replayed: ends[from + END.replayed] === 1,
      valueOmitted: ends[from + END.valueOmitted] === 1,
      result: ends[from + END.result] as string | null,
      error: ends[from + END.error] as string | null,
      claimedAt: row.run.claimedAt,
    });
    leaveRun(context, row, false);
  }
}
