import type { PoolCounts } from "../queue/journal.ts";

/** What waits and what runs, over all pools. */
export function queueNow(pools: Iterable<PoolCounts>): { readonly waiting: number; readonly running: number } {
  let waiting = 0;
  let running = 0;
  for (const pool of pools) {
    waiting += pool.ready + pool.scheduled + pool.blocked;
    running += pool.running + pool.closing;
  }
  return { waiting, running };
}
