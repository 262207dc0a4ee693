import type { SampleEnd } from "../../src/dependencies/adaptive-limit.ts";
import { PLAIN_CALL } from "../../src/dependencies/adaptive-limit.ts";
import { NO_SAMPLE } from "../../src/dependencies/call-samples.ts";
import type { ConcurrencyLimit } from "../../src/dependencies/concurrency-limit.ts";

/** A dependency on a planted clock: how long a call takes, and how it ends, with so many at once. */
export interface SimulatedDependency {
  readonly tookMs: (inUse: number) => number;
  readonly end?: (inUse: number) => SampleEnd;
}

/**
 * As many callers as `callers` say at each time, each of which calls again as soon as it has been answered, or, where
 * it found no permit, with the next answer. What is told of each millisecond is the limit in force.
 */
export class SimulatedLoad {
  nowMs = 0;
  readonly #limit: ConcurrencyLimit;
  /** Ends in the order in which they come. */
  readonly #ends: { atMs: number; sample: number; end: SampleEnd }[] = [];

  constructor(limit: ConcurrencyLimit) {
    this.#limit = limit;
  }

  run(forMs: number, callers: number, { tookMs, end = () => "answered" }: SimulatedDependency): readonly number[] {
    const limits: number[] = [];
    for (const untilMs = this.nowMs + forMs; this.nowMs < untilMs; this.nowMs += 1) {
      while ((this.#ends[0]?.atMs ?? Number.POSITIVE_INFINITY) <= this.nowMs) {
        const { sample, end: how } = this.#ends.shift()!;
        this.#limit.give("live");
        if (sample !== NO_SAMPLE) this.#limit.endSample(sample, PLAIN_CALL, how, this.nowMs);
      }
      for (let caller = this.#limit.inUse; caller < callers; caller += 1) {
        if (this.#limit.available("live", this.nowMs) < 1) break;
        this.#limit.take("live");
        const { inUse } = this.#limit;
        const sample = this.#limit.beginSample({ monotonicMs: () => this.nowMs });
        this.#ends.push({ atMs: this.nowMs + tookMs(inUse), sample, end: end(inUse) });
      }
      this.#ends.sort((a, b) => a.atMs - b.atMs);
      limits.push(this.#limit.current(this.nowMs));
    }
    return limits;
  }
}

/** It works at `capacity` calls at a time; with more, each takes as much longer. */
export const withCapacity = (capacity: number, aloneMs: number): SimulatedDependency => ({
  tookMs: (inUse) => aloneMs * Math.max(1, inUse / capacity),
});
