import type { PoolCounts } from "../queue/journal.ts";
import { operationStateNames } from "./operation-state.ts";

/** One pool's number and its seven counts. */
export const COUNTS_WIDTH = operationStateNames.length + 1;

/** Reads the writer's flat counts; pools that did not change keep their object. True when any changed. */
export function updateCounts(counts: Map<number, PoolCounts>, flat: readonly number[]): boolean {
  let changed = false;
  for (let from = 0; from < flat.length; from += COUNTS_WIDTH) {
    const pool = flat[from] as number;
    const before = counts.get(pool);
    if (before !== undefined && operationStateNames.every((name, index) => before[name] === flat[from + 1 + index]))
      continue;
    changed = true;
    counts.set(
      pool,
      Object.fromEntries(operationStateNames.map((name, index) => [name, flat[from + 1 + index] as number])) as Record<
        (typeof operationStateNames)[number],
        number
      >,
    );
  }
  return changed;
}

/** Rows that have been accepted and are neither running nor ended. */
export function waitingRows(counts: ReadonlyMap<number, PoolCounts>): number {
  let rows = 0;
  for (const pool of counts.values()) rows += waitingRowsOf(pool);
  return rows;
}

/** As `waitingRows`, of one set of counts. */
export const waitingRowsOf = ({ ready, scheduled, blocked, closing, held, dead }: PoolCounts): number =>
  ready + scheduled + blocked + closing + held + dead;

/** Over all pools. */
export function sumCounts(counts: Iterable<PoolCounts>): PoolCounts {
  const sum = { ready: 0, scheduled: 0, blocked: 0, running: 0, closing: 0, held: 0, dead: 0 };
  for (const pool of counts) for (const state of Object.keys(sum) as (keyof PoolCounts)[]) sum[state] += pool[state];
  return sum;
}
