import { readFile } from "node:fs/promises";
import { totalmem } from "node:os";
import { type EventLoopUtilization, monitorEventLoopDelay, performance } from "node:perf_hooks";
import type { EventLoopPorts } from "./event-loop.ts";
import { oldGeneration } from "./heap.ts";
import type { MemoryPorts } from "./memory.ts";

export const processMemory: MemoryPorts = {
  heap: oldGeneration,
  processBytes: () => process.memoryUsage.rss(),
  machineBytes: () => totalmem(),
  readText: (path) => readFile(path, "utf8"),
};

type IntervalHistogram = ReturnType<typeof monitorEventLoopDelay>;

/** How often Node looks whether its loop is late. */
const RESOLUTION_MS = 10;
const NANOSECONDS_PER_MS = 1e6;

/**
 * Two histograms, read and reset in turn: one that has been reset misses what begins before its next sample, and with
 * turns as long as the interval it would stay empty for ever. So each reading covers the last two intervals.
 */
export class ProcessEventLoop implements EventLoopPorts {
  #older: IntervalHistogram | undefined;
  #newer: IntervalHistogram | undefined;
  #utilization: EventLoopUtilization = performance.eventLoopUtilization();

  start(): void {
    this.stop();
    this.#older = enabled();
    this.#newer = enabled();
    this.#utilization = performance.eventLoopUtilization();
  }

  stop(): void {
    this.#older?.disable();
    this.#newer?.disable();
    this.#older = undefined;
    this.#newer = undefined;
  }

  take(): { delayP99Ms: number; utilization: number } | null {
    const read = this.#older;
    if (read === undefined || this.#newer === undefined) return null;
    const { count } = read;
    // Node records the time between two samples, of which a loop that is on time takes its resolution.
    const delayP99Ms = Math.max(0, read.percentile(99) / NANOSECONDS_PER_MS - RESOLUTION_MS);
    read.reset();
    this.#older = this.#newer;
    this.#newer = read;
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, this.#utilization);
    this.#utilization = now;
    return count === 0 ? null : { delayP99Ms, utilization };
  }
}

function enabled(): IntervalHistogram {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  return histogram;
}
