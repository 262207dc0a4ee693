import type { Traffic } from "../dependencies/concurrency-limit.ts";
import { givePermits, takePermits } from "./permits.ts";
import type { Pool } from "./pool.ts";

/** One permit of each dependency of a pool, for one run or one batch of runs; and whose share of the limit it is of. */
export interface Permit {
  readonly pool: Pool;
  readonly traffic: Traffic;
}

/** The permits that runs in flight hold, and those that a claim under way may need. */
export class PermitsInUse {
  readonly #idle: (() => void)[] = [];
  #count = 0;

  get count(): number {
    return this.#count;
  }

  take({ pool, traffic }: Permit, count = 1): void {
    takePermits(pool.limits, traffic, count);
    this.#count += count;
  }

  give({ pool, traffic }: Permit): void {
    givePermits(pool.limits, traffic);
    this.#count -= 1;
    if (this.#count === 0) for (const resolve of this.#idle.splice(0)) resolve();
  }

  /** Claimed for the backlog, it is held by callers who wait. */
  passToLive(pool: Pool): Permit {
    givePermits(pool.limits, "backlog");
    takePermits(pool.limits, "live");
    return { pool, traffic: "live" };
  }

  /** Resolves when none is in use. */
  idle(): Promise<void> {
    return this.#count === 0 ? Promise.resolve() : new Promise((resolve) => this.#idle.push(resolve));
  }
}
