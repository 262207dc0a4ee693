import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import { embeddedGraph } from "../../src/graph/embedded/index.ts";
import {
  type AnyOperationDefinition,
  createRuntime,
  defineOperation,
  dependency,
  HandlerError,
  type Measurements,
  type PartialRuntimeConfig,
  type Runtime,
  type RuntimeEvents,
  type RuntimeOptions,
} from "../../src/index.ts";
import { faultyGraph } from "../../src/testing/index.ts";
import { LEDGER_NODES, temporaryFolder, until } from "../support/ledger.ts";

const QUICK: PartialRuntimeConfig = {
  breaker: {
    initialBreakMs: 60_000,
    maximumBreakMs: 60_000,
    consecutiveFailures: 1_000,
    failureRate: 1,
    minimumCalls: 1_000,
  },
  operations: { retry: { maximumAttempts: 1 } },
  concurrency: { slowStartMs: 0 },
  sensing: { intervalMs: 20, minimumSample: 4 },
};

const number = z.object({ number: z.number() });

async function running(
  operations: readonly AnyOperationDefinition[],
  options: Partial<RuntimeOptions> = {},
): Promise<Runtime> {
  const runtime = await createRuntime({
    dataDirectory: join(temporaryFolder(), "data"),
    operations,
    ...options,
    config: { ...QUICK, ...options.config },
  });
  onTestFinished(() => runtime.stop());
  return runtime;
}

/** The first measurements of which this is so. */
async function measured(
  runtime: Runtime,
  what: string,
  isSo: (measurements: Measurements) => boolean,
): Promise<Measurements> {
  let last: Measurements | undefined;
  await until(what, () => {
    last = runtime.measurements();
    return last !== undefined && isSo(last);
  }).catch((error: unknown) => {
    throw new Error(`${String(error)}; last: ${JSON.stringify(last)}`);
  });
  return last!;
}

const fails = ({ input }: { input: { number: number } }): string => {
  if (input.number % 4 === 0) throw new HandlerError("too_hot", "The fryer is too hot.");
  if (input.number % 4 === 1) throw new Error("whatever");
  return "done";
};
const onDisk = defineOperation({ name: "fry", version: 1, input: number, dependsOn: {}, execute: fails });
const offDisk = defineOperation({
  name: "look",
  version: 1,
  input: number,
  dependsOn: {},
  queueable: false,
  execute: fails,
});

const numbers = (count: number): { number: number }[] => Array.from({ length: count }, (_, number) => ({ number }));

describe("what a runtime measures of its operations", () => {
  it.each([
    ["on disk", onDisk],
    ["off the disk", offDisk],
  ] as const)(
    "is the share of those %s that failed, in total and by code, and how long they took",
    async (_, definition) => {
      const runtime = await running([definition]);
      expect((await measured(runtime, "a reading", () => true)).errorRate).toBeNull();
      for (const input of numbers(8)) await runtime.submit(definition, input);
      const { errorRate, errorRateByCode, responseTimeMs } = await measured(
        runtime,
        "all eight",
        (now) => now.errorRate === 0.5 && now.errorRateByCode["handler_failed"] === 0.25,
      );
      expect(errorRate).toBe(0.5);
      expect(errorRateByCode).toEqual({ too_hot: 0.25, handler_failed: 0.25 });
      expect(responseTimeMs?.p99).toBeGreaterThanOrEqual(responseTimeMs!.p50);
    },
  );

  it("are told with the end: why it failed, whose failure it was, and how long it took", async () => {
    const faulty = faultyGraph(embeddedGraph({ file: join(temporaryFolder(), "graph.db"), nodes: LEDGER_NODES }));
    const write = defineOperation({
      name: "write",
      version: 1,
      input: number,
      dependsOn: { graph: faulty.dependency },
      execute: async ({ graph }) => {
        await graph.append("Lane", [{ key: "a", property: "numbers", values: [1] }]);
      },
    });
    const runtime = await running([onDisk, write]);
    const ends: RuntimeEvents["ended"][] = [];
    runtime.on("ended", (end) => ends.push(end));
    await runtime.submit(onDisk, { number: 2 });
    await runtime.submit(onDisk, { number: 4 });
    await runtime.enqueue(onDisk, { number: 8 });
    await until("the dead letter", () => ends.some(({ outcome }) => outcome === "dead"));
    const shown = { durationMs: expect.any(Number), replayed: false, name: "fry" };
    expect(ends).toMatchObject([
      { ...shown, outcome: "completed" },
      { ...shown, outcome: "failed", errorCode: "too_hot" },
      { ...shown, outcome: "dead", errorCode: "too_hot" },
    ]);
    expect(ends.every((end) => end.dependency === undefined)).toBe(true);
    await runtime.submit(write, { number: 1 });
    expect(ends.at(-1)).toMatchObject({ outcome: "completed", name: "write" });
  });

  it("counts those that run for longer than they should, and remembers them for a window", async () => {
    const gate = Promise.withResolvers<void>();
    const slow = defineOperation({
      name: "slow",
      version: 1,
      input: number,
      dependsOn: {},
      execute: () => gate.promise,
    });
    const runtime = await running([slow], { config: { sensing: { intervalMs: 20, slowOperationMs: 100 } } });
    const outcome = runtime.submitMany(slow, numbers(3));
    await measured(runtime, "three slow ones", ({ slowOperations }) => slowOperations === 3);
    gate.resolve();
    await outcome;
    const { at } = runtime.measurements()!;
    expect((await measured(runtime, "a later reading", (now) => now.at > at + 100)).slowOperations).toBe(3);
  });
});

describe("what a runtime measures of its queue", () => {
  it("does not hold an open breaker's backlog against the service", async () => {
    const faulty = faultyGraph(embeddedGraph({ file: join(temporaryFolder(), "graph.db"), nodes: LEDGER_NODES }));
    const write = defineOperation({
      name: "write",
      version: 1,
      input: number,
      dependsOn: { graph: faulty.dependency },
      execute: async ({ graph, input }) => {
        await graph.append("Lane", [{ key: "a", property: "numbers", values: [input.number] }]);
      },
    });
    faulty.cut();
    const runtime = await running([write, onDisk]);
    for (const outcome of await runtime.submitMany(write, numbers(20))) expect(outcome.status).toBe("queued");
    const { queue } = await measured(runtime, "the backlog", (now) => now.queue?.depth === 20);
    expect(queue).toEqual({ depth: 20, unexplainedDepth: 0, readmittedDepth: 0, oldestWaitingMs: null });
    faulty.restore();
    runtime.degradation.resetDependency(faulty.dependency.name, { reason: "it is back" });
    await measured(runtime, "an empty queue", (now) => now.queue?.depth === 0);
  });

  it("counts what waits although everything works, and knows since when the oldest does", async () => {
    const gate = Promise.withResolvers<void>();
    const one = defineOperation({
      name: "one",
      version: 1,
      input: number,
      dependsOn: {},
      orderingKey: () => "the same",
      execute: () => gate.promise,
    });
    const busy = dependency({ name: "busy", probe: () => {}, concurrency: { limit: 1 } });
    const two = defineOperation({
      name: "two",
      version: 1,
      input: number,
      dependsOn: { busy },
      execute: () => gate.promise,
    });
    const runtime = await running([one, two], { config: { operations: { answerWithinMs: 10 } } });
    // What is accepted while the drain of the start is marked would be its backlog.
    await until("the drain to be done", () => runtime.status().control.drains.every(({ state }) => state === "empty"));
    await runtime.submitMany(one, numbers(4));
    await runtime.submitMany(two, numbers(6));
    // One of each runs: three are blocked in their lane, five ready and without a permit.
    const { queue } = await measured(runtime, "eight", (now) => now.queue?.unexplainedDepth === 8);
    expect(queue!.depth).toBe(8);
    const waitedMs = queue!.oldestWaitingMs!;
    expect(waitedMs).toBeGreaterThanOrEqual(0);
    await measured(runtime, "an older one", (now) => (now.queue?.oldestWaitingMs ?? 0) > waitedMs);
    gate.resolve();
    await measured(runtime, "none", (now) => now.queue?.unexplainedDepth === 0 && now.queue.oldestWaitingMs === null);
  });
});

describe("what a runtime measures of its dependencies and its process", () => {
  it("counts a dependency's failed calls over the generations of its breaker", async () => {
    const search = dependency({
      name: "search",
      probe: () => {},
      breaker: { consecutiveFailures: 2, initialBreakMs: 1, maximumBreakMs: 1 },
    });
    const other = dependency({ name: "other", probe: () => {} });
    const runtime = await running([], { dependencies: [search, other] });
    await measured(runtime, "a reading", (now) => now.connectionFailureRate["search"] === null);
    const generation = () => runtime.status().control.breakers.find((each) => each.dependency === "search")!.generation;
    const first = generation();
    for (let failures = 0; failures < 8; ) {
      const { status } = await runtime.call(search, () => Promise.reject(new Error("down")));
      if (status === "failed") failures += 1;
      else await new Promise((resolve) => setImmediate(resolve));
    }
    const { connectionFailureRate } = await measured(
      runtime,
      "all",
      (now) => now.connectionFailureRate["search"] !== null,
    );
    expect(connectionFailureRate).toEqual({ search: 1, other: null });
    expect(generation()).toBeGreaterThan(first + 3);
  });

  it("has memory and the event loop of the real process, with each reading", async () => {
    const runtime = await running([]);
    const { memory, eventLoop, slowOperations } = await measured(runtime, "the loop", (now) => now.eventLoop !== null);
    expect(memory!.heap).toBeGreaterThan(0);
    expect(memory!.heap).toBeLessThan(1);
    expect(memory!.process).toBeGreaterThan(0);
    expect(memory!.usage).toBe(Math.max(memory!.heap, memory!.process, memory!.container ?? 0));
    expect(eventLoop!.utilization).toBeLessThanOrEqual(1);
    expect(slowOperations).toBe(0);
  });
});

describe("monitoring", () => {
  it("stops and starts, and has nothing to say meanwhile", async () => {
    let readings = 0;
    const runtime = await running([onDisk], { sensors: { memory: () => (readings += 1) / 1_000 } });
    await measured(runtime, "a reading", () => true);
    runtime.stopMonitoring();
    runtime.stopMonitoring();
    const before = readings;
    expect(runtime.measurements()).toBeUndefined();
    await runtime.submitMany(onDisk, numbers(8));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(readings).toBe(before);
    runtime.startMonitoring();
    runtime.startMonitoring();
    // What ended while nobody measured is not measured.
    expect((await measured(runtime, "a reading", () => true)).errorRate).toBeNull();
  });

  it("waits for startMonitoring where it is told to, and ends with the runtime", async () => {
    let readings = 0;
    const options = { monitoring: false, sensors: { memory: () => (readings += 1) / 1_000 } };
    const runtime = await running([], options);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect([readings, runtime.measurements()]).toEqual([0, undefined]);
    runtime.startMonitoring();
    await measured(runtime, "a reading", () => true);
    await runtime.stop();
    const before = readings;
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(readings).toBe(before);
    expect(() => runtime.startMonitoring()).toThrow(expect.objectContaining({ code: "not_running" }));
  });

  it("takes the service's own readings, and keeps what else it measures", async () => {
    const search = dependency({ name: "search", probe: () => {} });
    const runtime = await running([], {
      dependencies: [search],
      sensors: {
        memory: () => 0.95,
        errorRate: () => Promise.resolve(0.4),
        slowOperations: () => 3,
        queueDepth: () => 200,
        eventLoopDelayMs: () => null,
        connectionFailures: { search: () => 0.9 },
      },
    });
    const now = await measured(runtime, "a reading", () => true);
    expect(now).toMatchObject({
      memory: { usage: 0.95, heap: expect.any(Number) },
      errorRate: 0.4,
      slowOperations: 3,
      queue: { depth: 0, unexplainedDepth: 200 },
      eventLoop: null,
      connectionFailureRate: { search: 0.9 },
    });
    expect(now.memory!.heap).toBeLessThan(0.95);
  });

  it("says of a sensor that fails that it knows nothing, not that all is well", async () => {
    const logged: unknown[] = [];
    const log = (fields: unknown): void => void logged.push(fields);
    const runtime = await running([], {
      logger: { debug() {}, info() {}, warn() {}, error: log },
      sensors: {
        memory: () => {
          throw new TypeError("no such file");
        },
        slowOperations: () => Number.NaN,
        queueDepth: () => new Promise(() => {}),
      },
      config: { sensing: { intervalMs: 20, sensorTimeoutMs: 50 } },
    });
    expect(await measured(runtime, "a reading", () => true)).toMatchObject({
      memory: null,
      slowOperations: null,
      queue: null,
    });
    expect(logged).toMatchObject([
      { sensor: "memory", how: "TypeError" },
      { sensor: "slow operations", how: "it measured NaN" },
      { sensor: "queue", how: "it did not answer within 50 ms" },
    ]);
  });

  it("feeds the triggers: a value raises, a fault is unknown, and after a stop nothing moves", async () => {
    let memory = 0.95;
    const runtime = await running([], {
      sensors: {
        memory: () => memory,
        slowOperations: () => {
          throw new TypeError("no such file");
        },
      },
      config: {
        triggers: { memory_exhaustion: { enter: 0.9, exit: 0.7, enterDwellMs: 0, leaveDwellMs: 0 } },
      },
    });
    const trigger = (name: string) => runtime.status().control.triggers.find((each) => each.trigger === name);
    await until("memory to be raised", () => trigger("memory_exhaustion")?.raised === true);
    expect(trigger("memory_exhaustion")?.value).toBe(0.95);
    await until("the fault to be told", () => trigger("processing_timeout")?.state === "unknown");
    runtime.stopMonitoring();
    memory = 0.1;
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(trigger("memory_exhaustion")).toMatchObject({ raised: true, value: 0.95 });
    runtime.startMonitoring();
    await until("memory to be well", () => trigger("memory_exhaustion")?.raised === false);
  });

  it.each<[what: string, options: object]>([
    ["an unknown sensor", { sensors: { humidity: () => 1 } }],
    ["a sensor that is no function", { sensors: { memory: 0.9 } }],
    ["sensors that are no object", { sensors: [() => 1] }],
    ["a dependency that is not there", { sensors: { connectionFailures: { grpah: () => 1 } } }],
    ["an interval of nothing", { config: { sensing: { intervalMs: 0 } } }],
    ["a window that ends before the next reading", { config: { sensing: { intervalMs: 1_000, windowMs: 10 } } }],
    ["a time limit of nothing", { config: { sensing: { sensorTimeoutMs: 0 } } }],
    ["slow operations nobody can see", { config: { sensing: { slowOperationMs: 10 } } }],
  ])("refuses %s before anything is opened", async (_, options) => {
    const dataDirectory = join(temporaryFolder(), "data");
    await expect(createRuntime({ dataDirectory, operations: [], ...options } as never)).rejects.toMatchObject({
      name: "MisuseError",
      code: "invalid_options",
    });
    const runtime = await createRuntime({ dataDirectory, operations: [] });
    await runtime.stop();
  });

  it.each([
    {
      what: "gives memory back",
      after: 0.5,
      result: "verifying",
      detail: "95.0 % of memory in use before, 50.0 % after",
    },
    {
      what: "runs and gives nothing back",
      after: 0.95,
      result: "failed",
      detail: "95.0 % of memory in use before, 95.0 % after, less than 2.0 % freed",
    },
  ])("calls whoever registered when memory runs short, and says what came of one that $what", async (told) => {
    let usage = 0.95;
    const definition = { enter: 0.9, exit: 0.7, enterDwellMs: 0, leaveDwellMs: 60_000 };
    const runtime = await running([], {
      sensors: { memory: () => usage },
      config: { ...QUICK, triggers: { memory_exhaustion: definition }, incident: { reliefSettleMs: 10 } },
    });
    runtime.onMemoryPressure(() => {
      usage = told.after;
    });
    const incident = () =>
      runtime.status().control.incidents.find(({ condition }) => condition === "memory_exhaustion");
    await until("the relief has ended", () => (incident()?.remedies[0]?.endedAt ?? null) !== null);
    expect(incident()?.remedies[0]).toMatchObject({
      remedy: "relieve_memory",
      result: told.result,
      detail: told.detail,
    });
  });

  it("registers who gives memory back, and takes it back", async () => {
    const runtime = await running([]);
    const forget = runtime.onMemoryPressure(() => {});
    forget();
    expect(() => runtime.onMemoryPressure("clear" as never)).toThrow(
      expect.objectContaining({ code: "invalid_options" }),
    );
  });
});
