import type { Connection } from "../connection.ts";
import { operationState } from "../operation-state.ts";
import { findLaneHead, type LaneHead } from "../statements/find-lane-head.ts";
import { findLaneTail } from "../statements/find-lane-tail.ts";
import { returnOperation } from "../statements/return-operation.ts";
import { selectRunning } from "../statements/select-running.ts";
import { mustChange } from "./must-change.ts";
import type { PoolCounter } from "./pool-counter.ts";

const LEAST_URGENT = Number.MAX_SAFE_INTEGER;

/**
 * What a dead process left running waits again, with one interruption each. Only a lane's head is ready; the others
 * are blocked behind it, also when the head is scheduled or dead. A head takes over what its lane carries, which the
 * lane's last row holds.
 */
export function returnRunning(connection: Connection, counter: PoolCounter): number {
  const rows = connection.all<[sequence: number, pool: number, lane: number | null]>(selectRunning, []);
  for (const [sequence, pool, lane] of rows) {
    const isHead = lane === null || connection.get<LaneHead>(findLaneHead, [lane])?.[0] === sequence;
    const state = isHead ? operationState.ready : operationState.blocked;
    const carried =
      lane === null || !isHead ? LEAST_URGENT : (connection.get<[number]>(findLaneTail, [lane])?.[0] ?? LEAST_URGENT);
    mustChange(connection.run(returnOperation, [state, 1, carried, sequence]), sequence);
    counter.move(pool, operationState.running, state);
  }
  return rows.length;
}
