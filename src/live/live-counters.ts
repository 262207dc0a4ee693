import { PRIORITIES, type Priority } from "../../machines/contracts/priority.ts";
import { bucketOf, LATENCY_BUCKETS, quantile } from "../latency-buckets.ts";
import type { EndOfOperation } from "../queue/ended-event.ts";

/** How long operations of one priority took from submit to end. Milliseconds, off by 4.4 % at most. */
export interface LatencyOfPriority {
  readonly priority: Priority;
  readonly ended: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** What happened since the counters were last taken. */
export interface LiveCounts {
  /** Put on disk. */
  readonly accepted: number;
  /** On disk or off it. */
  readonly completed: number;
  readonly failed: number;
  /** Became dead letters. */
  readonly dead: number;
  /** Priorities of which something ended, most urgent first. */
  readonly latency: readonly LatencyOfPriority[];
}

/** Counts what passes by: a few additions per operation and nothing allocated, whoever looks or does not. */
export class LiveCounters {
  #accepted = 0;
  readonly #ended = { completed: 0, failed: 0, dead: 0 };
  readonly #buckets = new Map<Priority, Uint32Array>(
    PRIORITIES.map((priority) => [priority, new Uint32Array(LATENCY_BUCKETS)]),
  );

  accept(): void {
    this.#accepted += 1;
  }

  ended({ outcome, durationMs, priority }: EndOfOperation): void {
    this.#ended[outcome] += 1;
    const buckets = priority === undefined ? undefined : this.#buckets.get(priority);
    if (buckets !== undefined && durationMs !== undefined) buckets[bucketOf(durationMs)]! += 1;
  }

  /** What was counted since the last time; the counters begin anew. */
  take(): LiveCounts {
    const counts = { accepted: this.#accepted, ...this.#ended, latency: this.#latency() };
    this.#accepted = 0;
    this.#ended.completed = this.#ended.failed = this.#ended.dead = 0;
    for (const buckets of this.#buckets.values()) buckets.fill(0);
    return counts;
  }

  #latency(): LatencyOfPriority[] {
    return [...this.#buckets].flatMap(([priority, buckets]) => {
      const ended = buckets.reduce((sum, inBucket) => sum + inBucket, 0);
      if (ended === 0) return [];
      return [{ priority, ended, p50Ms: quantile(buckets, 0.5, ended), p99Ms: quantile(buckets, 0.99, ended) }];
    });
  }
}
