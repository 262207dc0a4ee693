import type { ConcurrencySettings } from "../../config/types.ts";

/** Who asks: a caller that waits, or the backlog. */
export type Traffic = "live" | "backlog";

/**
 * How many calls may be in flight on one dependency, shared by live traffic and backlog. After the breaker has
 * closed, the limit grows linearly from `slowStartLimit` to `limit`. While a backlog drains, it keeps its share:
 * live traffic may use what is left, and what the backlog leaves.
 */
export class ConcurrencyLimit {
  readonly #settings: ConcurrencySettings;
  #live = 0;
  #backlog = 0;
  #closedAtMs = Number.NEGATIVE_INFINITY;
  #factor = 1;
  #backlogShare = 0;

  constructor(settings: ConcurrencySettings) {
    this.#settings = settings;
  }

  get inUse(): number {
    return this.#live + this.#backlog;
  }

  /** The breaker closed: begin the slow start. */
  slowStart(nowMs: number): void {
    this.#closedAtMs = nowMs;
  }

  apply(factor: number, backlogShare: number): void {
    this.#factor = factor;
    this.#backlogShare = backlogShare;
  }

  /** The limit in force now, at least 1. */
  current(nowMs: number): number {
    const { limit, slowStartLimit, slowStartMs } = this.#settings;
    if (this.#factor === 1 && nowMs - this.#closedAtMs >= slowStartMs) return limit;
    const grown = slowStartMs <= 0 ? 1 : Math.min(1, (nowMs - this.#closedAtMs) / slowStartMs);
    const started = Math.min(limit, slowStartLimit);
    return Math.max(1, Math.floor((started + (limit - started) * grown) * this.#factor));
  }

  /** How many more of this traffic may start now. */
  available(traffic: Traffic, nowMs: number): number {
    const limit = this.current(nowMs);
    const free = limit - this.inUse;
    if (traffic === "backlog" || this.#backlogShare === 0) return Math.max(0, free);
    const kept = Math.max(1, Math.ceil(limit * this.#backlogShare));
    return Math.max(0, Math.min(free, limit - kept - this.#live));
  }

  take(traffic: Traffic, count = 1): void {
    if (traffic === "live") this.#live += count;
    else this.#backlog += count;
  }

  give(traffic: Traffic, count = 1): void {
    this.take(traffic, -count);
  }
}
