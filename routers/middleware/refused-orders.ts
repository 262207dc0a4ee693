export interface RefusedOrdersBounds {
  readonly windowMs: number;
  readonly entries: number;
}

/** Somebody who tries without end writes a row a minute for each thing that is tried, and all together no more than these. */
const BOUNDS: RefusedOrdersBounds = { windowMs: 60_000, entries: 100 };

/** Which refused orders the audit shall know of: the first in a minute of one principal for one procedure. */
export class RefusedOrders {
  readonly #bounds: RefusedOrdersBounds;
  readonly #now: () => number;
  readonly #told = new Set<string>();
  #windowEndsMs = 0;

  /** @param now monotonic milliseconds */
  constructor(bounds: RefusedOrdersBounds = BOUNDS, now: () => number = () => performance.now()) {
    this.#bounds = bounds;
    this.#now = now;
  }

  /** Whether this one is to be told. */
  isNew(principal: string, path: string): boolean {
    const now = this.#now();
    if (now >= this.#windowEndsMs) {
      this.#windowEndsMs = now + this.#bounds.windowMs;
      this.#told.clear();
    }
    const key = JSON.stringify([principal, path]);
    if (this.#told.has(key) || this.#told.size >= this.#bounds.entries) return false;
    this.#told.add(key);
    return true;
  }
}
