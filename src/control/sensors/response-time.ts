import type { Reading, Sensor } from "./sensor.ts";
import { Slices } from "./slices.ts";

const SLICES = 12;
/** Buckets per doubling: a quantile is off by 4.4 % at most. */
const PER_DOUBLING = 8;
/** The first bucket ends at 2 ** -4 ms, the last begins at 2 ** 31 ms (25 days). */
const FIRST_EXPONENT = -4;
const BUCKETS = (31 - FIRST_EXPONENT) * PER_DOUBLING + 1;

/**
 * Quantiles of the time from submit to end, within a sliding window: a histogram with buckets that grow by a twelfth
 * each, so that a million operations take no more room than ten. No trigger listens to it; alerts do.
 */
export class ResponseTimeSensor implements Sensor {
  readonly name = "response time";
  readonly trigger = undefined;
  readonly #minimumSample: number;
  readonly #total = new Uint32Array(BUCKETS);
  readonly #slices: Slices<Uint32Array>;

  constructor({ windowMs, minimumSample }: { readonly windowMs: number; readonly minimumSample: number }) {
    this.#minimumSample = minimumSample;
    this.#slices = new Slices<Uint32Array>(
      windowMs,
      SLICES,
      () => new Uint32Array(BUCKETS),
      (slice) => {
        for (let bucket = 0; bucket < BUCKETS; bucket++) this.#total[bucket]! -= slice[bucket]!;
        slice.fill(0);
      },
    );
  }

  record(durationMs: number): void {
    const bucket = bucketOf(durationMs);
    this.#slices.current[bucket]! += 1;
    this.#total[bucket]! += 1;
  }

  start(nowMs: number): void {
    this.#slices.restart(nowMs);
  }

  read(nowMs: number): Reading {
    this.#slices.advance(nowMs);
    let count = 0;
    for (const inBucket of this.#total) count += inBucket;
    if (count === 0 || count < this.#minimumSample)
      return { value: null, what: `${count} operations ended`, measured: { responseTimeMs: null } };
    const responseTimeMs = {
      p50: this.#quantile(0.5, count),
      p95: this.#quantile(0.95, count),
      p99: this.#quantile(0.99, count),
    };
    return {
      value: responseTimeMs.p95,
      what: `95 % of ${count} operations ended in time`,
      measured: { responseTimeMs },
    };
  }

  #quantile(share: number, count: number): number {
    let before = Math.ceil(share * count);
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      before -= this.#total[bucket]!;
      if (before <= 0) return middleOf(bucket);
    }
    return middleOf(BUCKETS - 1);
  }
}

const bucketOf = (durationMs: number): number =>
  Math.min(
    BUCKETS - 1,
    Math.max(0, Math.floor((Math.log2(Math.max(durationMs, 0)) - FIRST_EXPONENT) * PER_DOUBLING) + 1),
  );

/** Half way up the bucket, by factors. */
const middleOf = (bucket: number): number => 2 ** (FIRST_EXPONENT + (bucket - 0.5) / PER_DOUBLING);
