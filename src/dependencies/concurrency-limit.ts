import type { ConcurrencySettings } from "../../config/types.ts";
import { AdaptiveLimit, type LimitAdaptation, type SampleEnd } from "./adaptive-limit.ts";
import { NO_SAMPLE } from "./call-samples.ts";

/** Who asks: a caller that waits, or the backlog. */
export type Traffic = "live" | "backlog";

/**
 * How many calls may be in flight on one dependency, shared by live traffic and backlog. After the breaker has
 * closed, the limit grows linearly from `slowStartLimit` to `limit`, until the first overload: from there on, and
 * without one afterwards, it is the adaptive limit. While a backlog drains, it keeps its share: live traffic may use
 * what is left, and what the backlog leaves.
 */
export class ConcurrencyLimit {
  readonly #settings: ConcurrencySettings;
  readonly #adaptive: AdaptiveLimit;
  #live = 0;
  #backlog = 0;
  #closedAtMs = Number.NEGATIVE_INFINITY;
  #grownAtMs = Number.NEGATIVE_INFINITY;
  #factor = 1;
  #backlogShare = 0;

  constructor(settings: ConcurrencySettings) {
    this.#settings = settings;
    this.#adaptive = new AdaptiveLimit(settings);
  }

  get inUse(): number {
    return this.#live + this.#backlog;
  }

  get configured(): number {
    return this.#settings.limit;
  }

  /** Undefined while the limit is as configured, but for slow start and the policy's factor. */
  get adaptation(): LimitAdaptation | undefined {
    return this.#adaptive.adaptation;
  }

  /** The breaker closed: begin the slow start. */
  slowStart(nowMs: number): void {
    this.#closedAtMs = nowMs;
    this.#grownAtMs = nowMs + this.#settings.slowStartMs;
    this.#adaptive.startAgain(nowMs);
  }

  apply(factor: number, backlogShare: number): void {
    this.#factor = factor;
    this.#backlogShare = backlogShare;
  }

  /** The limit in force now, at least 1. */
  current(nowMs: number): number {
    const { limit } = this.#adaptive;
    if (this.#factor === 1 && nowMs >= this.#grownAtMs) return limit;
    return Math.max(1, Math.floor(Math.min(limit, this.#grown(nowMs)) * this.#factor));
  }

  /** A backlog drains, and the limit in force is too small to be divided: all of it is kept for the backlog. */
  isIndivisible(nowMs: number): boolean {
    if (this.#backlogShare === 0) return false;
    const limit = this.current(nowMs);
    return this.#kept(limit) >= limit;
  }

  /** How many more of this traffic may start now. */
  available(traffic: Traffic, nowMs: number): number {
    if (nowMs >= this.#adaptive.windowEndsMs) this.#adaptive.endWindow(nowMs, this.#grown(nowMs), this.#factor);
    const limit = this.current(nowMs);
    let available = limit - this.inUse;
    if (traffic === "live" && this.#backlogShare !== 0)
      available = Math.min(available, limit - this.#kept(limit) - this.#live);
    if (available > 0) return available;
    this.#adaptive.exhausted();
    return 0;
  }

  take(traffic: Traffic, count = 1): void {
    if (traffic === "live") this.#live += count;
    else this.#backlog += count;
  }

  give(traffic: Traffic, count = 1): void {
    this.take(traffic, -count);
  }

  /**
   * For a call that begins now, and has its permit: the sample to end it with, or `NO_SAMPLE` for most. The clock is
   * read for those that are sampled only.
   */
  beginSample(clock: { monotonicMs(): number }): number {
    return this.#adaptive.samplesNext() ? this.#adaptive.beginSample(clock.monotonicMs(), this.inUse) : NO_SAMPLE;
  }

  /** @param sample not `NO_SAMPLE` */
  endSample(sample: number, kind: number, end: SampleEnd, nowMs: number): void {
    this.#adaptive.endSample(sample, kind, end, nowMs);
  }

  #kept(limit: number): number {
    return Math.max(1, Math.ceil(limit * this.#backlogShare));
  }

  #grown(nowMs: number): number {
    const { limit, slowStartLimit, slowStartMs } = this.#settings;
    if (nowMs >= this.#grownAtMs) return limit;
    const started = Math.min(limit, slowStartLimit);
    return started + ((limit - started) * (nowMs - this.#closedAtMs)) / slowStartMs;
  }
}
