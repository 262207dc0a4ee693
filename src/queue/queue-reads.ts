import type { Kysely } from "kysely";
import type { QueueSettings } from "../../config/types.ts";
import { laneOfKey } from "../operations/lane.ts";
import { viewOfWaiting } from "../operations/operation-reads.ts";
import type { OperationView, Page } from "../operations/operation-view.ts";
import { dependenciesOfPool } from "../operations/registered-operation.ts";
import type { Clock } from "../ports.ts";
import type { Database } from "../storage/database.ts";
import { COUNTED_TO, type LaneHeadState, listLane, listLanes } from "../storage/reads/list-lanes.ts";
import { listPools } from "../storage/reads/list-pools.ts";
import { oldestWaiting } from "../storage/reads/oldest-waiting.ts";
import { sumCounts, waitingRows } from "../storage/pool-counts.ts";
import type { TimerWheel } from "../timer-wheel.ts";
import type { Journal, PoolCounts } from "./journal.ts";
import { QueueMeter, type QueueRates, timeToFull } from "./queue-rates.ts";

/** The journal's queue as it is. Everything in it is counted or measured. */
export interface QueueStatus {
  readonly counts: PoolCounts;
  /** What the limit on rows counts: everything that is not running. */
  readonly waitingRows: number;
  readonly waitingBytes: number;
  readonly freeDiskBytes: number;
  /** Submits in memory that have no answer yet. */
  readonly pendingSubmits: number;
  readonly limits: Pick<
    QueueSettings,
    "maximumRows" | "maximumBytes" | "maximumPendingSubmits" | "minimumFreeDiskBytes"
  >;
  readonly pools: readonly {
    /** Operations that need the same dependencies. */
    readonly pool: string;
    readonly dependencies: readonly string[];
    readonly counts: PoolCounts;
    readonly bytes: number;
  }[];
  /** How long the oldest has waited that is ready, scheduled or blocked; null when none waits. */
  readonly oldestWaitingMs: number | null;
  /** Null in the first second of a process. */
  readonly rates: QueueRates | null;
  /** Which limit is reached first at this rate, and when; null while the queue does not grow. */
  readonly full: { readonly what: "rows" | "bytes"; readonly inMs: number } | null;
}

/** Operations with one ordering key. */
export interface LaneView {
  /** The hash of the ordering key; the key itself is not kept. */
  readonly lane: number;
  /** `parked`: it waits behind a dead letter. */
  readonly state: "ready" | "scheduled" | "running" | "closing" | "held" | "parked";
  readonly head: OperationView;
  /** How many wait behind the head, … */
  readonly behind: number;
  /** … or more, where this many were counted. */
  readonly countedTo: number;
}

export type LaneState = LaneView["state"];

export interface QueueReadPorts {
  readonly database: Kysely<Database>;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly settings: QueueSettings;
  readonly pendingSubmits: () => number;
  readonly wheel: Pick<TimerWheel, "add">;
}

const LARGEST_PAGE_ROWS = 1_000;
/** Each lane of a page costs a look behind its head. */
const LARGEST_PAGE_LANES = 200;
const SAMPLE_EVERY_MS = 1_000;
const ANY_PRIORITY = 4;

/** What can be asked about the queue as a whole. By index or by counter: a question costs the same at any length. */
export class QueueReads {
  readonly #ports: QueueReadPorts;
  readonly #meter = new QueueMeter();
  #timer: { cancel(): void } | undefined;

  constructor(ports: QueueReadPorts) {
    this.#ports = ports;
  }

  /** @internal The runtime starts it. */
  start(): void {
    this.#measure();
    this.#timer = this.#ports.wheel.add(SAMPLE_EVERY_MS, () => this.start());
  }

  /** @internal The runtime stops it. */
  stop(): void {
    this.#timer?.cancel();
  }

  async status(): Promise<QueueStatus> {
    const { database, journal, clock, settings, pendingSubmits } = this.#ports;
    const pools = await listPools(database);
    const oldest = await oldestWaiting(database, {
      pools: pools.map(({ id }) => id),
      lowestPriority: ANY_PRIORITY,
      blockedToo: true,
    });
    const rows = waitingRows(journal.counts);
    const { rates } = this.#meter;
    return {
      counts: sumCounts(journal.counts.values()),
      waitingRows: rows,
      waitingBytes: journal.waitingBytes,
      freeDiskBytes: journal.freeDiskBytes,
      pendingSubmits: pendingSubmits(),
      limits: {
        maximumRows: settings.maximumRows,
        maximumBytes: settings.maximumBytes,
        maximumPendingSubmits: settings.maximumPendingSubmits,
        minimumFreeDiskBytes: settings.minimumFreeDiskBytes,
      },
      pools: pools.map(({ name, counts, bytes }) => ({
        pool: name,
        dependencies: dependenciesOfPool(name),
        counts,
        bytes,
      })),
      oldestWaitingMs: oldest === null ? null : Math.max(0, clock.now() - oldest),
      rates,
      full:
        rates === null
          ? null
          : timeToFull([
              { what: "rows", used: rows, limit: settings.maximumRows, perSecond: rates.rowsPerSecond },
              {
                what: "bytes",
                used: journal.waitingBytes,
                limit: settings.maximumBytes,
                perSecond: rates.bytesPerSecond,
              },
            ]),
    };
  }

  /**
   * Lanes whose head is in one state, and how many wait behind each. A page may be short and still name a next one.
   *
   * @example const { rows } = await runtime.queue.lanes({ state: "parked" });
   */
  async lanes({
    state,
    after,
    limit = 50,
  }: {
    readonly state: LaneState;
    readonly after?: number;
    readonly limit?: number;
  }): Promise<Page<LaneView>> {
    const head: LaneHeadState = state === "parked" ? "dead" : state;
    const page = await listLanes(this.#ports.database, {
      state: head,
      ...(after === undefined ? {} : { after }),
      limit: Math.max(1, Math.min(limit, LARGEST_PAGE_LANES)),
    });
    return {
      rows: page.rows.map((row) => ({
        lane: row.lane,
        state,
        head: viewOfWaiting(row.head),
        behind: row.behind,
        countedTo: COUNTED_TO,
      })),
      ...(page.next === undefined ? {} : { next: page.next }),
    };
  }

  /** What waits in one lane, in order: by its ordering key, or by the hash of it that lists tell. */
  async lane({
    lane,
    after,
    limit = 100,
  }: {
    readonly lane: string | number;
    readonly after?: number;
    readonly limit?: number;
  }): Promise<Page<OperationView> & { readonly lane: number }> {
    const hash = typeof lane === "string" ? laneOfKey(lane) : lane;
    const page = await listLane(this.#ports.database, {
      lane: hash,
      ...(after === undefined ? {} : { after }),
      limit: Math.max(1, Math.min(limit, LARGEST_PAGE_ROWS)),
    });
    return {
      lane: hash,
      rows: page.rows.map(viewOfWaiting),
      ...(page.next === undefined ? {} : { next: page.next }),
    };
  }

  #measure(): void {
    const { journal, clock } = this.#ports;
    const rows = Object.values(sumCounts(journal.counts.values())).reduce((sum, count) => sum + count, 0);
    this.#meter.take({
      monotonicMs: clock.monotonicMs(),
      accepted: journal.lastSequence,
      rows,
      bytes: journal.waitingBytes,
    });
  }
}
