import { aDayBefore } from "./metrics.ts";

/** How long a count is taken for the present one, and how long a transition may take to be on disk. */
const SETTLED_MS = 1_000;

/**
 * How often the service degraded within the last day, for whoever asks every second: counted from the history, which is
 * a question to another thread, and kept for a second while nothing happens.
 */
export class RecentDegradations {
  readonly #count: (since: number) => Promise<number>;
  #changedAt = Number.NEGATIVE_INFINITY;
  #known: { readonly count: number; readonly at: number } | undefined;

  /** @param count of the history on disk, from a time on */
  constructor(count: (since: number) => Promise<number>) {
    this.#count = count;
  }

  /** A machine has changed its state; that is on disk a moment later. */
  changed(now: number): void {
    this.#changedAt = now;
    this.#known = undefined;
  }

  /** @param now wall time, which may have jumped either way since */
  async count(now: number): Promise<number> {
    const known = this.#known;
    if (known !== undefined && now >= known.at && now - known.at < SETTLED_MS) return known.count;
    const changedAt = this.#changedAt;
    const count = await this.#count(aDayBefore(now));
    const isSettled = changedAt === this.#changedAt && Math.abs(now - changedAt) >= SETTLED_MS;
    this.#known = isSettled ? { count, at: now } : undefined;
    return count;
  }
}
