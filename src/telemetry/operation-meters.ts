import { PRIORITIES, type Priority } from "../../machines/contracts/priority.ts";
import type { EndOfOperation } from "../queue/ended-event.ts";

/** Upper bounds of the buckets of durations, in milliseconds; what took longer is in one more. */
export const DURATION_BOUNDS_MS = [
  1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000, 300_000,
] as const;

export const OUTCOMES = ["completed", "failed", "dead"] as const satisfies readonly EndOfOperation["outcome"][];

/** Where a fence decided, nobody knows the priority any more. */
export const UNKNOWN_PRIORITY = "unknown";

/** Durations of one priority: how many in each bucket, and their sum. */
export interface DurationHistogram {
  readonly buckets: Float64Array;
  sumMs: number;
}

/** What has passed since the process began, for those who scrape. A few additions per operation; nothing is allocated. */
export class OperationMeters {
  accepted = 0;
  /** By priority (the last is unknown), then by outcome. */
  readonly ended = [...PRIORITIES, UNKNOWN_PRIORITY].map(() => new Float64Array(OUTCOMES.length));
  readonly durations: readonly DurationHistogram[] = PRIORITIES.map(() => ({
    buckets: new Float64Array(DURATION_BOUNDS_MS.length + 1),
    sumMs: 0,
  }));
  /** Who wants to have each duration, while somebody does. */
  record: ((durationMs: number, priority: Priority, outcome: EndOfOperation["outcome"]) => void) | undefined;

  count({ outcome, priority, durationMs }: EndOfOperation): void {
    const rank = priority === undefined ? PRIORITIES.length : PRIORITIES.indexOf(priority);
    this.ended[rank]![OUTCOMES.indexOf(outcome)]! += 1;
    if (priority === undefined || durationMs === undefined) return;
    const histogram = this.durations[rank]!;
    let bucket = 0;
    while (bucket < DURATION_BOUNDS_MS.length && durationMs > DURATION_BOUNDS_MS[bucket]!) bucket += 1;
    histogram.buckets[bucket]! += 1;
    histogram.sumMs += durationMs;
    this.record?.(durationMs, priority, outcome);
  }
}
