import { bucketOf, LATENCY_BUCKETS as BUCKETS, quantile } from "../../latency-buckets.ts";
import type { Reading, Sensor } from "./sensor.ts";
import { Slices } from "./slices.ts";

const SLICES = 12;

/**
 * Quantiles of the time from submit to end, within a sliding window. No trigger listens to it; alerts do.
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
      p50: quantile(this.#total, 0.5, count),
      p95: quantile(this.#total, 0.95, count),
      p99: quantile(this.#total, 0.99, count),
    };
    return {
      value: responseTimeMs.p95,
      what: `95 % of ${count} operations ended in time`,
      measured: { responseTimeMs },
    };
  }
}
