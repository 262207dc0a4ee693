import { operationState } from "../operation-state.ts";
import { returnOperation } from "../statements/return-operation.ts";
import { selectRunning } from "../statements/select-running.ts";
import { type Context, waitingStateOf } from "./context.ts";
import { mustChange } from "./must-change.ts";

const LEAST_URGENT = Number.MAX_SAFE_INTEGER;
const PROCESS_DIED = JSON.stringify({ interrupted: true, error: "process_died" });

/**
 * What a dead process left running waits again, with one interruption each: behind its lane's head as blocked. Then
 * each lane is settled as after any run, which takes care of every way in which a run can have been left: a head that
 * was running or had been handed back becomes ready, one that is scheduled, closing or dead stays what it is.
 * The head takes over what its lane carries, which the lane's last row holds.
 */
export function returnRunning({ connection, counter, lanes, laneRows, audit, schedule }: Context): number {
  const rows = connection.all<[sequence: number, pool: number, lane: number | null, principal: string]>(
    selectRunning,
    [],
  );
  for (const [sequence, pool, lane, principal] of rows) {
    audit.append(schedule.now, "returned", sequence, principal, PROCESS_DIED);
    const state = waitingStateOf(lane);
    mustChange(connection.run(returnOperation, [state, 1, LEAST_URGENT, sequence]), sequence);
    counter.move(pool, operationState.running, state);
    if (lane === null) continue;
    // Rows before it may have been handed back already.
    lanes.unsettle(lane, 0, laneRows.tail(lane)?.[1] ?? LEAST_URGENT);
  }
  lanes.settle();
  return rows.length;
}
