import { join } from "node:path";
import { onTestFinished } from "vitest";
import { z } from "zod";
import { embeddedGraph } from "../../src/graph/embedded/index.ts";
import {
  createRuntime,
  defineOperation,
  dependency,
  type Mode,
  type PartialRuntimeConfig,
  type Runtime,
} from "../../src/index.ts";
import { createVirtualClock, faultyGraph } from "../../src/testing/index.ts";
import { LEDGER_NODES, readEmbeddedLedger, readJournal, temporaryFolder, until } from "./ledger.ts";

/** What each trigger's sensor reads when all is well, and when it is not. */
const READINGS = {
  memory_exhaustion: { well: 0.2, ill: 0.95 },
  high_error_rate: { well: 0, ill: 0.5 },
  queue_overflow: { well: 0, ill: 500 },
  processing_timeout: { well: 0, ill: 5 },
  event_loop_overload: { well: 1, ill: 900 },
  storage_unavailable: { well: 0, ill: 1 },
  "connection_failures:graph": { well: 0, ill: 0.9 },
} as const;

export type SensedTrigger = keyof typeof READINGS;

const DWELL = { enterDwellMs: 2_000, leaveDwellMs: 2_000 };

/** Short dwells, steps that a test can look into, and room for eight at once. */
const CONFIG: PartialRuntimeConfig = {
  sensing: { intervalMs: 1_000 },
  triggers: {
    memory_exhaustion: DWELL,
    high_error_rate: DWELL,
    queue_overflow: DWELL,
    processing_timeout: DWELL,
    event_loop_overload: DWELL,
    storage_unavailable: DWELL,
    connection_failures: DWELL,
  },
  modes: { restoreStepMs: 60_000 },
  breaker: { consecutiveFailures: 2, initialBreakMs: 5_000, breakFactor: 1, breakJitter: 0, probeTimeoutMs: 600_000 },
  operations: { retry: { initialPauseMs: 10, maximumPauseMs: 50 } },
  concurrency: { limit: 8, slowStartMs: 0, adaptive: false },
};

/** What handlers of the service have measured of themselves. */
export interface Seen {
  /** Numbers in the order in which their handlers began. */
  readonly begun: number[];
  readonly batches: number[];
  inFlight: number;
  /** Most handlers at a time. */
  peak: number;
  /** Handlers that wait for the end of their attempt. */
  hanging: number;
  /** What attempts were given before they were aborted, in the clock's milliseconds. */
  readonly attemptsMs: number[];
}

/**
 * A service over a real journal and graph, on a clock that stands still. Its sensors read what the test says; its
 * handlers measure what becomes of them.
 */
export async function sensedService(config: PartialRuntimeConfig = {}) {
  const folder = temporaryFolder();
  const file = join(folder, "graph.db");
  const dataDirectory = join(folder, "data");
  const clock = createVirtualClock({ now: Date.now() });
  const faulty = faultyGraph(embeddedGraph({ file, nodes: LEDGER_NODES }));
  const graph = faulty.dependency;
  const search = dependency({ name: "search", probe: () => {} });
  const readings = new Map<SensedTrigger, number>();
  const seen: Seen = { begun: [], batches: [], inFlight: 0, peak: 0, hanging: 0, attemptsMs: [] };
  /** What handlers of `write` wait for. */
  let gate: PromiseWithResolvers<void> | undefined;

  const busy = async (numbers: readonly number[], work: () => Promise<unknown>): Promise<void> => {
    seen.begun.push(...numbers);
    seen.inFlight += 1;
    seen.peak = Math.max(seen.peak, seen.inFlight);
    try {
      await work();
    } finally {
      seen.inFlight -= 1;
    }
  };
  const input = z.object({ lane: z.string(), number: z.number().int() });
  const rowOf = ({ lane, number }: z.output<typeof input>) => ({ key: lane, property: "numbers", values: [number] });

  const write = defineOperation({
    name: "write",
    version: 1,
    input,
    dependsOn: { graph },
    orderingKey: ({ lane }) => lane,
    execute: ({ input: row, graph: transaction }) =>
      busy([row.number], async () => {
        await gate?.promise;
        await transaction.append("Lane", [rowOf(row)]);
      }),
  });
  const bulk = defineOperation({
    name: "bulk",
    version: 1,
    input,
    dependsOn: { graph },
    maximumBatchItems: 50,
    execute: ({ input: row, graph: transaction }) => {
      seen.batches.push(1);
      return busy([row.number], () => transaction.append("Lane", [rowOf(row)]));
    },
    executeBatch: ({ items, graph: transaction }) => {
      seen.batches.push(items.length);
      return busy(
        items.map(({ input: { number } }) => number),
        () =>
          transaction.append(
            "Lane",
            items.map(({ input: row }) => rowOf(row)),
          ),
      );
    },
  });
  /** Goes on until its attempt ends, and measures what it was given. */
  const hang = defineOperation({
    name: "hang",
    version: 1,
    input: z.object({}),
    dependsOn: { graph },
    attemptTimeoutMs: 1_000,
    retry: { maximumAttempts: 1 },
    execute: async ({ signal }) => {
      const beganAt = clock.monotonicMs();
      seen.hanging += 1;
      await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
      seen.attemptsMs.push(clock.monotonicMs() - beganAt);
      seen.hanging -= 1;
    },
  });
  /** A read: it cannot wait. */
  const read = defineOperation({
    name: "read",
    version: 1,
    input: z.object({ lane: z.string() }),
    dependsOn: { graph },
    queueable: false,
    retry: { maximumAttempts: 1 },
    execute: async ({ input: { lane }, graph: transaction }) =>
      (await transaction.matchNodes("Lane", { keys: [lane] })).length > 0,
  });
  /** As `read`, with something to say when it cannot. */
  const readOrGuess = defineOperation({
    name: "read-or-guess",
    version: 1,
    input: z.object({ lane: z.string() }),
    dependsOn: { graph },
    queueable: false,
    retry: { maximumAttempts: 1 },
    execute: async ({ input: { lane }, graph: transaction }) =>
      JSON.stringify(await transaction.matchNodes("Lane", { keys: [lane] })),
    fallback: ({ input: { lane } }) => `a guess about ${lane}`,
  });
  /** Needs another dependency than all the others. */
  const elsewhere = defineOperation({
    name: "elsewhere",
    version: 1,
    input: z.object({}),
    dependsOn: { search },
    execute: () => "done elsewhere",
  });

  const reads: Partial<Record<SensedTrigger, number>> = {};
  const reading = (trigger: SensedTrigger) => () => {
    reads[trigger] = (reads[trigger] ?? 0) + 1;
    return readings.get(trigger) ?? READINGS[trigger].well;
  };
  const start = async (): Promise<Runtime> => {
    const runtime = await createRuntime({
      dataDirectory,
      operations: [write, bulk, hang, read, readOrGuess, elsewhere],
      config: { ...CONFIG, ...config },
      clock,
      sensors: {
        memory: reading("memory_exhaustion"),
        errorRate: reading("high_error_rate"),
        queueDepth: reading("queue_overflow"),
        slowOperations: reading("processing_timeout"),
        eventLoopDelayMs: reading("event_loop_overload"),
        storageLost: reading("storage_unavailable"),
        connectionFailures: { graph: reading("connection_failures:graph") },
      },
    });
    onTestFinished(async () => {
      gate?.resolve();
      faulty.restore();
      await runtime.stop();
    });
    return runtime;
  };
  let runtime = await start();
  /** Without this, an operation that is accepted while the first drain reads its mark counts as a backlog. */
  const hasBegun = () =>
    service.settles("the first drains to be through", () =>
      runtime.status().control.drains.every(({ state }) => state === "empty" || state === "filling"),
    );

  const service = {
    clock,
    faulty,
    seen,
    /** How often each sensor was read. */
    reads,
    write,
    bulk,
    hang,
    read,
    readOrGuess,
    elsewhere,
    get runtime() {
      return runtime;
    },
    /** The lists as they are in the graph's file. */
    lanes: () => readEmbeddedLedger(file),
    journal: () => readJournal(dataDirectory),
    modes: (): Mode[] => runtime.status().control.policy.modes.map(({ mode }) => mode),
    steps: (): string[] => runtime.status().control.policy.modes.map(({ mode, step }) => `${mode}: ${step}`),
    graph: () => runtime.status().control.breakers.find(({ dependency: name }) => name === "graph")?.state,
    /** From now on handlers of `write` wait for `open`. */
    close: () => void (gate ??= Promise.withResolvers()),
    open() {
      gate?.resolve();
      gate = undefined;
    },
    /** The sensor reads this from now on; undefined: that all is well. */
    set(trigger: SensedTrigger, value: number | undefined): void {
      if (value === undefined) readings.delete(trigger);
      else readings.set(trigger, value);
    },
    /** The sensor reads that it is ill, until its trigger has waited out its dwell. */
    async raise(...triggers: readonly SensedTrigger[]): Promise<void> {
      for (const trigger of triggers) readings.set(trigger, READINGS[trigger].ill);
      await service.passesUntil("the conditions to be raised", () => triggers.every((each) => isRaised(each)));
    },
    async clear(...triggers: readonly SensedTrigger[]): Promise<void> {
      for (const trigger of triggers) readings.delete(trigger);
      await service.passesUntil("the conditions to be cleared", () => !triggers.some((each) => isRaised(each)));
    },
    /** The sensors fail from now on. */
    async passesUntil(what: string, isSo: () => boolean): Promise<void> {
      for (let passed = 0; passed < 600 && !isSo(); passed++) await clock.advance(500);
      if (!isSo()) throw new Error(`five minutes passed without: ${what}`);
    },
    /** One step of a mode's way back. */
    nextStep: () => clock.advance(60_000),
    /** The graph is gone, and callers notice. */
    async lose(): Promise<void> {
      faulty.cut();
      for (let number = 0; service.graph() === "closed" && number < 10; number++)
        await runtime.submit(read, { lane: "nobody's" }, { priority: "critical" });
    },
    /** The graph is back, and the breaker has found out. */
    async find(): Promise<void> {
      faulty.restore();
      await clock.advance(5_000);
      await service.settles("the breaker to close", () => service.graph() === "closed");
    },
    /** What the disk and the graph do takes real time, and the pauses between their steps the clock's. */
    settles: (what: string, isSo: () => boolean | Promise<boolean>): Promise<void> =>
      until(what, async () => {
        await clock.advance(5);
        return isSo();
      }),
    /** Everything that waited has been executed, and its end is on disk. */
    caughtUp: () => service.settles("what waited to be executed", () => service.journal().waiting.length === 0),
    /** The graph has been probed when this returns, whatever came of it. */
    async restart(): Promise<void> {
      await runtime.stop();
      runtime = await start();
    },
  };
  const isRaised = (trigger: SensedTrigger): boolean =>
    runtime.status().control.triggers.find((each) => each.trigger === trigger)?.raised === true;
  await hasBegun();
  return service;
}

/** A service that a test can see into. */
export type SensedService = Awaited<ReturnType<typeof sensedService>>;
