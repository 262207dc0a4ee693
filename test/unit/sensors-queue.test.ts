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
      measured: { queue: { depth: 11, unexplainedDepth: 11, oldestWaitingMs: 60_000 } },
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

describe("the storage's sensor", () => {
  it("measures 1 while the journal is lost or no thread writes it yet again, else 0", () => {
    expect(storageSensor(() => "working").read(0)).toMatchObject({ value: 0 });
    expect(storageSensor(() => "failing").read(0)).toMatchObject({ value: 0, values: { storage: "failing" } });
    expect(storageSensor(() => "lost").read(0)).toMatchObject({ value: 1 });
    expect(storageSensor(() => "restarting").read(0)).toMatchObject({ value: 1, values: { storage: "restarting" } });
  });
});
