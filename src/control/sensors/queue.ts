import type { PoolCounts } from "../../queue/journal.ts";
import { waitingRows } from "../../storage/pool-counts.ts";
import { type PoolReading, readmittedOf } from "./readmitted.ts";
import type { Reading, Sensor } from "./sensor.ts";

export interface QueuePorts {
  readonly pools: readonly {
    readonly id: number;
    readonly dependencies: readonly { readonly name: string; readonly closed: boolean }[];
  }[];
  /** As of the writer's last commit. */
  readonly counts: ReadonlyMap<number, PoolCounts>;
  /** Dependencies of which the backlog of an outage is not done with yet. */
  readonly draining: () => ReadonlySet<string>;
  /** The least urgent rank that the modes let run. */
  readonly lowestRank: () => number;
  /** Ready rows of these pools that are at least so urgent; counting may stop at any number that is beyond every threshold. */
  readonly countReady: (pools: readonly number[], lowestRank: number) => Promise<number>;
  /** Blocked rows of these pools that wait behind a dead letter: no more than are worth counting. */
  readonly countParked: (pools: readonly number[]) => Promise<number>;
  /** When the oldest of them was accepted; null when none waits. */
  readonly oldestAcceptedAt: (
    pools: readonly number[],
    options: { readonly lowestRank: number; readonly blockedToo: boolean },
  ) => Promise<number | null>;
  /** Wall time. */
  readonly now: () => number;
}

const LEAST_URGENT_RANK = 4;

/**
 * What waits, and how much of it nothing explains. Explained are: the pools of a dependency whose breaker is not closed
 * or whose drain is not done; what the modes in force hold back; what either held back and is let in again, until it is
 * worked off (`readmittedOf`); and what a person has to see to (dead, held, parked behind a dead letter). Depths come
 * from the writer's counts, the rest from seeks into indexes: a million rows cost what ten cost.
 */
export class QueueSensor implements Sensor {
  readonly name = "queue";
  readonly trigger = "queue_overflow";
  readonly #ports: QueuePorts;
  /** Of the last reading that succeeded. What happened while nobody measured is between that one and the next. */
  #before: ReadonlyMap<number, PoolReading> = new Map();

  constructor(ports: QueuePorts) {
    this.#ports = ports;
  }

  async read(): Promise<Reading> {
    const { counts, pools, lowestRank } = this.#ports;
    const depth = waitingRows(counts);
    const draining = this.#ports.draining();
    const rank = lowestRank();
    const now = new Map<number, PoolReading>();
    for (const { id, dependencies } of pools) {
      const isExplained = dependencies.some(({ name, closed }) => !closed || draining.has(name));
      now.set(id, await this.#readPool(id, isExplained ? -1 : rank));
    }
    this.#before = now;
    const admitted = [...now].filter(([, pool]) => pool.admitted > 0);
    const readmittedDepth = admitted.reduce((sum, [, pool]) => sum + pool.readmitted, 0);
    const unexplainedDepth = admitted.reduce((sum, [, pool]) => sum + pool.admitted - pool.readmitted, 0);
    const oldestWaitingMs = await this.#oldestWaitingMs(
      admitted.map(([id]) => id),
      rank,
    );
    const others = readmittedDepth === 0 ? "" : `; ${readmittedDepth} more had been held back and are being worked off`;
    return {
      value: unexplainedDepth,
      what: `${unexplainedDepth} operations wait that neither an outage nor a mode explains${others}`,
      values: {
        unexplainedDepth,
        ...(readmittedDepth === 0 ? {} : { readmittedDepth }),
        depth,
        ...(oldestWaitingMs === null ? {} : { oldestWaitingMs }),
      },
      measured: { queue: { depth, unexplainedDepth, readmittedDepth, oldestWaitingMs } },
    };
  }

  async #readPool(id: number, lowestRank: number): Promise<PoolReading> {
    const { counts, countReady } = this.#ports;
    const waiting = await this.#waiting(id);
    const now = {
      lowestRank,
      waiting,
      admitted:
        lowestRank >= LEAST_URGENT_RANK
          ? waiting
          : lowestRank < 0 || (counts.get(id)?.ready ?? 0) === 0
            ? 0
            : await countReady([id], lowestRank),
    };
    return { ...now, readmitted: readmittedOf(this.#before.get(id), now) };
  }

  /** What waits by itself, not for a person. */
  async #waiting(id: number): Promise<number> {
    const pool = this.#ports.counts.get(id);
    if (pool === undefined) return 0;
    const { ready, scheduled, blocked, closing, dead } = pool;
    const parked = dead === 0 || blocked === 0 ? 0 : Math.min(blocked, await this.#ports.countParked([id]));
    return ready + scheduled + blocked - parked + closing;
  }

  async #oldestWaitingMs(pools: readonly number[], lowestRank: number): Promise<number | null> {
    const { counts, oldestAcceptedAt, now } = this.#ports;
    if (pools.length === 0) return null;
    const hasLetters = pools.some((id) => (counts.get(id)?.dead ?? 0) > 0);
    const blockedToo = lowestRank >= LEAST_URGENT_RANK && !hasLetters;
    const oldest = await oldestAcceptedAt(pools, { lowestRank, blockedToo });
    return oldest === null ? null : Math.max(0, now() - oldest);
  }
}
