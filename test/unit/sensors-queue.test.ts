import { describe, expect, it } from "vitest";
import { QueueSensor, type QueuePorts } from "../../src/control/sensors/queue.ts";
import { storageSensor } from "../../src/control/sensors/storage.ts";
import type { PoolCounts } from "../../src/queue/journal.ts";

const counts = (some: Partial<PoolCounts>): PoolCounts => ({
  ready: 0,
  scheduled: 0,
  blocked: 0,
  running: 0,
  closing: 0,
  held: 0,
  dead: 0,
  ...some,
});

function sensing(
  pools: Record<string, { counts: Partial<PoolCounts>; closed?: boolean }>,
  ports: Partial<QueuePorts> = {},
) {
  const entries = Object.entries(pools);
  const asked: { pools: readonly number[]; lowestRank: number; blockedToo?: boolean }[] = [];
  const sensor = new QueueSensor({
    pools: entries.map(([name, { closed = true }], id) => ({ id, dependencies: [{ name, closed }] })),
    counts: new Map(entries.map(([, pool], id) => [id, counts(pool.counts)])),
    draining: () => new Set(),
    lowestRank: () => 4,
    countReady: () => Promise.reject(new Error("not to be asked")),
    countParked: () => Promise.reject(new Error("not to be asked")),
    oldestAcceptedAt: (of, options) => {
      asked.push({ pools: of, ...options });
      return Promise.resolve(1_000);
    },
    now: () => 61_000,
    ...ports,
  });
  return { sensor, asked };
}

describe("the queue's sensor", () => {
  it("counts what waits, per pool, and asks for the age of that alone", async () => {
    const { sensor, asked } = sensing({
      graph: { counts: { ready: 3, scheduled: 2, blocked: 1, closing: 1, running: 50 } },
      search: { counts: { ready: 4 } },
      idle: { counts: {} },
    });
    expect(await sensor.read()).toMatchObject({
      value: 11,
      measured: { queue: { depth: 11, unexplainedDepth: 11, readmittedDepth: 0, oldestWaitingMs: 60_000 } },
    });
    expect(asked).toEqual([{ pools: [0, 1], lowestRank: 4, blockedToo: true }]);
  });

  it("leaves out what waits behind a breaker that is not closed, and behind a drain that is not done", async () => {
    const { sensor, asked } = sensing(
      {
        graph: { counts: { ready: 1_000 }, closed: false },
        search: { counts: { ready: 500 } },
        mail: { counts: { ready: 7 } },
      },
      { draining: () => new Set(["search"]) },
    );
    expect(await sensor.read()).toMatchObject({
      value: 7,
      measured: { queue: { depth: 1_507, unexplainedDepth: 7 } },
    });
    expect(asked).toEqual([{ pools: [2], lowestRank: 4, blockedToo: true }]);
  });

  it("asks nobody for an age where nothing waits", async () => {
    const { sensor, asked } = sensing({ graph: { counts: { ready: 9 }, closed: false } });
    expect(await sensor.read()).toMatchObject({ value: 0, measured: { queue: { depth: 9, oldestWaitingMs: null } } });
    expect(asked).toEqual([]);
  });

  it("leaves out what needs a person: held, dead, and parked behind a dead letter", async () => {
    const { sensor, asked } = sensing(
      { graph: { counts: { ready: 5, held: 20, dead: 2, blocked: 30 } } },
      { countParked: () => Promise.resolve(28) },
    );
    expect(await sensor.read()).toMatchObject({ value: 7, measured: { queue: { depth: 57 } } });
    expect(asked).toEqual([{ pools: [0], lowestRank: 4, blockedToo: false }]);
  });

  it("takes all that is blocked for parked where it is too much to count", async () => {
    const { sensor } = sensing(
      { graph: { counts: { ready: 5, dead: 900, blocked: 1_000_000 } } },
      { countParked: () => Promise.resolve(Number.POSITIVE_INFINITY) },
    );
    expect((await sensor.read()).value).toBe(5);
  });

  it("leaves out what a mode holds back, which would else keep up the mode that holds it", async () => {
    const { sensor } = sensing(
      { graph: { counts: { ready: 400, blocked: 100 } } },
      { lowestRank: () => 1, countReady: (pools, rank) => Promise.resolve(pools.length === 1 && rank === 1 ? 6 : -1) },
    );
    expect((await sensor.read()).value).toBe(6);
    const emergency = sensing({ graph: { counts: { ready: 400 } } }, { lowestRank: () => -1 });
    expect((await emergency.sensor.read()).value).toBe(0);
  });
});

describe("what was held back and is let in again", () => {
  /** One pool, and what the test says of it. */
  const pool = () => {
    const now = { rank: 4, admitted: 0, counts: counts({}), closed: true };
    const sensor = new QueueSensor({
      pools: [
        {
          id: 0,
          dependencies: [
            {
              name: "graph",
              get closed() {
                return now.closed;
              },
            },
          ],
        },
      ],
      get counts() {
        return new Map([[0, now.counts]]);
      },
      draining: () => new Set(),
      lowestRank: () => now.rank,
      countReady: () => Promise.resolve(now.admitted),
      countParked: () => Promise.resolve(0),
      oldestAcceptedAt: () => Promise.resolve(1_000),
      now: () => 61_000,
    });
    /** Unexplained and readmitted, where so much waits, and so much of it may run by this rank. */
    const read = async (rank: number, waits: Partial<PoolCounts>, admitted = 0) => {
      Object.assign(now, { rank, counts: counts(waits), admitted });
      const { value, measured } = await sensor.read();
      expect(measured.queue?.unexplainedDepth).toBe(value);
      return [value, measured.queue?.readmittedDepth];
    };
    return { read, now };
  };

  it("is explained until it is worked off, priority by priority", async () => {
    const { read } = pool();
    expect(await read(4, { ready: 120 })).toEqual([120, 0]);
    expect(await read(1, { ready: 600 }, 5)).toEqual([5, 0]);
    expect(await read(2, { ready: 600 }, 400)).toEqual([5, 395]);
    expect(await read(2, { ready: 550 }, 350)).toEqual([0, 350]);
    expect(await read(3, { ready: 540 }, 500)).toEqual([0, 500]);
    expect(await read(4, { ready: 530 })).toEqual([0, 530]);
    expect(await read(4, { ready: 200 })).toEqual([0, 200]);
    expect(await read(4, {})).toEqual([0, 0]);
  });

  it("only shrinks: what goes on growing beyond it is an overflow again", async () => {
    const { read } = pool();
    await read(1, { ready: 600 }, 0);
    expect(await read(4, { ready: 600 })).toEqual([0, 600]);
    expect(await read(4, { ready: 400 })).toEqual([0, 400]);
    expect(await read(4, { ready: 520 })).toEqual([120, 400]);
    expect(await read(4, { ready: 700 })).toEqual([300, 400]);
  });

  it("is held back, and explained no longer, where the mode comes back", async () => {
    const { read } = pool();
    await read(1, { ready: 600 }, 0);
    await read(4, { ready: 600 });
    // Of 750, 150 came since and are urgent: holding back the rest explains none of these.
    expect(await read(4, { ready: 750 })).toEqual([150, 600]);
    expect(await read(1, { ready: 750 }, 150)).toEqual([150, 0]);
    expect(await read(4, { ready: 760 })).toEqual([160, 600]);
  });

  it("may be scheduled or blocked: what no rank lets run at once was held back too", async () => {
    const { read } = pool();
    const waits = { ready: 30, scheduled: 40, blocked: 500, closing: 2, dead: 1, held: 9 };
    expect(await read(1, waits, 3)).toEqual([3, 0]);
    expect(await read(2, waits, 20)).toEqual([3, 17]);
    expect(await read(4, waits)).toEqual([3, 569]);
    expect(await read(4, { ...waits, blocked: 400 })).toEqual([0, 472]);
  });

  it("may have arrived during a drain, or waited for both", async () => {
    const { read, now } = pool();
    now.closed = false;
    expect(await read(1, { ready: 300 })).toEqual([0, 0]);
    now.closed = true;
    expect(await read(1, { ready: 300 }, 10)).toEqual([0, 10]);
    expect(await read(4, { ready: 300 })).toEqual([0, 300]);
  });

  it("is not what waits at the first reading: nobody saw it held back", async () => {
    const { read } = pool();
    expect(await read(4, { ready: 300 })).toEqual([300, 0]);
  });

  it("is told apart by pool, so that one that shrinks does not hide another that grows", async () => {
    const waits = new Map([
      [0, counts({ ready: 500 })],
      [1, counts({})],
    ]);
    let rank = 1;
    const { sensor } = sensing(
      { graph: { counts: {} }, search: { counts: {} } },
      { counts: waits, lowestRank: () => rank, countReady: () => Promise.resolve(0) },
    );
    expect((await sensor.read()).value).toBe(0);
    rank = 4;
    expect((await sensor.read()).value).toBe(0);
    waits.set(0, counts({ ready: 300 })).set(1, counts({ ready: 150 }));
    expect(await sensor.read()).toMatchObject({
      value: 150,
      what: "150 operations wait that neither an outage nor a mode explains; 300 more had been held back and are being worked off",
      values: { unexplainedDepth: 150, readmittedDepth: 300, depth: 450 },
    });
  });
});

describe("the storage's sensor", () => {
  it("measures 1 while the journal is lost or no thread writes it yet again, else 0", () => {
    expect(storageSensor(() => "working").read(0)).toMatchObject({ value: 0 });
    expect(storageSensor(() => "failing").read(0)).toMatchObject({ value: 0, values: { storage: "failing" } });
    expect(storageSensor(() => "lost").read(0)).toMatchObject({ value: 1 });
    expect(storageSensor(() => "restarting").read(0)).toMatchObject({ value: 1, values: { storage: "restarting" } });
  });
});
