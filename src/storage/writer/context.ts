import type { AuditLog } from "../audit-log.ts";
import type { Connection } from "../connection.ts";
import { operationState } from "../operation-state.ts";
import type { Reply } from "../protocol.ts";
import type { Definitions } from "./definitions.ts";
import type { Endings } from "./endings.ts";
import type { LaneRows } from "./lane-rows.ts";
import type { Lanes } from "./lanes.ts";
import type { PoolCounter } from "./pool-counter.ts";
import type { RunningRow, Runs } from "./runs.ts";
import type { UndoLog } from "./undo-log.ts";

/** What every part of a batch works with. */
export interface Context {
  readonly connection: Connection;
  readonly undo: UndoLog;
  readonly counter: PoolCounter;
  readonly runs: Runs;
  readonly lanes: Lanes;
  readonly laneRows: LaneRows;
  readonly endings: Endings;
  readonly audit: AuditLog;
  readonly definitions: Definitions;
  readonly schedule: Schedule;
  readonly interruptionsBeforeAlone: number;
  readonly maximumInterruptions: number;
  readonly path: string;
}

/** What the writer has to come back to by itself. */
export interface Schedule {
  /** Wall time of the batch under way. */
  now: number;
  /** When the next scheduled row is due. */
  nextDue: number | null;
  /** Definitions that may have held rows to release. */
  releasing: number[];
  /** Where the walk for expired rows goes on. */
  walkAfter: number;
}

/** The changeable form of the reply under construction. */
export type Answer = { -readonly [Key in keyof Reply]: Reply[Key] };

/** A running row leaves its run. `inLane`: it still stands in its lane, waiting or dead. */
export function leaveRun({ runs, lanes }: Context, row: RunningRow, inLane: boolean): void {
  const { run } = row;
  if (inLane) runs.setMore(run);
  if (!runs.leave(row) || run.lane === null) return;
  if (run.more) lanes.unsettle(run.lane, run.first, run.carry);
  else lanes.emptied(run.lane);
}

/** Ends are written before lanes are settled: a head must be gone before the next one is looked for. */
export function settleLanes({ endings, lanes }: Context): void {
  endings.flush();
  lanes.settle();
}

export const waitingStateOf = (lane: number | null): 0 | 2 =>
  lane === null ? operationState.ready : operationState.blocked;
