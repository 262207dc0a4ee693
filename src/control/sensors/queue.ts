import type { PoolCounts } from "../../queue/journal.ts";
import { waitingRows } from "../../storage/pool-counts.ts";
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
 * or whose drain is not done; what the modes in force hold back, which would else keep up the very mode that holds
 * it; and what a person has to see to (dead, held, parked behind a dead letter). Depths come from the writer's
 * counts, the rest from seeks into indexes: a million rows cost what ten cost.
 */
export class QueueSensor implements Sensor {
  readonly name = "queue";
  readonly trigger = "queue_overflow";
  readonly #ports: QueuePorts;

  constructor(ports: QueuePorts) {
    this.#ports = ports;
  }

  async read(): Promise<Reading> {
    const { counts, pools, lowestRank, oldestAcceptedAt, now } = this.#ports;
    const draining = this.#ports.draining();
    const depth = waitingRows(counts);
    const unexplained = pools
      .filter(({ dependencies }) => dependencies.every(({ name, closed }) => closed && !draining.has(name)))
      .map(({ id }) => id)
      .filter((id) => waiting(counts.get(id)) > 0);
    const rank = lowestRank();
    const unexplainedDepth = unexplained.length === 0 ? 0 : await this.#unexplained(unexplained, rank);
    const parkedToo = unexplained.some((id) => (counts.get(id)?.dead ?? 0) > 0);
    const oldest =
      unexplainedDepth === 0
        ? null
        : await oldestAcceptedAt(unexplained, {
            lowestRank: rank,
            blockedToo: rank >= LEAST_URGENT_RANK && !parkedToo,
          });
    const oldestWaitingMs = oldest === null ? null : Math.max(0, now() - oldest);
    return {
      value: unexplainedDepth,
      what: `${unexplainedDepth} operations wait that no outage explains`,
      values: {
        unexplainedDepth,
        depth,
        ...(oldestWaitingMs === null ? {} : { oldestWaitingMs }),
      },
      measured: { queue: { depth, unexplainedDepth, oldestWaitingMs } },
    };
  }

  async #unexplained(pools: readonly number[], rank: number): Promise<number> {
    const { counts, countReady, countParked } = this.#ports;
    if (rank < LEAST_URGENT_RANK) return rank < 0 ? 0 : countReady(pools, rank);
    let depth = 0;
    let blocked = 0;
    for (const id of pools) {
      depth += waiting(counts.get(id));
      if ((counts.get(id)?.dead ?? 0) > 0) blocked += counts.get(id)?.blocked ?? 0;
    }
    return blocked === 0 ? depth : Math.max(0, depth - Math.min(blocked, await countParked(pools)));
  }
}

/** Waits by itself, not for a person. */
const waiting = (pool: PoolCounts | undefined): number =>
  pool === undefined ? 0 : pool.ready + pool.scheduled + pool.blocked + pool.closing;
