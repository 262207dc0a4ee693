import { monitorEventLoopDelay } from "node:perf_hooks";

/** The event loop's delay while `work` goes on: its 99th percentile. About 1.3 of it is the timer that measures it. */
export async function loopDelayP99Ms<Value>(work: () => Promise<Value>): Promise<{ value: Value; p99Ms: number }> {
  const histogram = monitorEventLoopDelay({ resolution: 1 });
  histogram.enable();
  try {
    const value = await work();
    return { value, p99Ms: histogram.percentile(99) / 1e6 };
  } finally {
    histogram.disable();
  }
}
