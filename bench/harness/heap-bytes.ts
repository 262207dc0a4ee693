import { PerformanceObserver } from "node:perf_hooks";
import { setImmediate as nextTurn } from "node:timers/promises";
import { getHeapStatistics } from "node:v8";
import type { Loop } from "./time-calls.ts";

/**
 * Bytes that one call allocates on the heap: how much more of it is in use after some calls than before them, while no
 * garbage was collected. Needs `--expose-gc`, and a young generation that holds the calls (`--semi-space-growth-factor`
 * does nothing before its first collection: `--min-semi-space-size`).
 */
export async function heapBytesPerCall(loop: Loop, mostCalls: number): Promise<number> {
  const collect = (globalThis as { gc?: () => void }).gc;
  if (collect === undefined) throw new Error("Bytes are counted with node --expose-gc.");
  let collections = 0;
  const observer = new PerformanceObserver((list) => (collections += list.getEntries().length));
  observer.observe({ entryTypes: ["gc"] });
  try {
    for (let calls = mostCalls; calls >= 1; calls = Math.floor(calls / 2)) {
      collect();
      await settled();
      collections = 0;
      const before = getHeapStatistics().used_heap_size;
      await loop(calls);
      const after = getHeapStatistics().used_heap_size;
      await settled();
      if (collections === 0) return (after - before) / calls;
    }
    throw new Error("Garbage was collected within a single call.");
  } finally {
    observer.disconnect();
  }
}

/** The observer is told in a later turn. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 4; turn++) await nextTurn();
}
