import { join } from "node:path";
import { Worker } from "node:worker_threads";
import Database from "better-sqlite3";
import { describe, expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import {
  type AnyOperationDefinition,
  createRuntime,
  defineOperation,
  dependency,
  HandlerError,
  type Outcome,
  type PartialRuntimeConfig,
  type Runtime,
} from "../../src/index.ts";
import { embeddedGraph } from "../../src/graph/embedded/index.ts";
import { type FaultyGraphOptions, faultyGraph } from "../../src/testing/faulty-graph.ts";
import { LEDGER_NODES, readEmbeddedLedger, readJournal, temporaryFolder, until } from "../support/ledger.ts";

/** Each of these was a defect once: the sentence says what holds now. */
const QUICK: PartialRuntimeConfig = {
  breaker: { initialBreakMs: 50, maximumBreakMs: 200, probeTimeoutMs: 1_000 },
  operations: { retry: { maximumAttempts: 8, initialPauseMs: 10, maximumPauseMs: 50 } },
  concurrency: { slowStartMs: 0 },
};

const input = z.object({ lane: z.string().default("a"), number: z.number().int().default(1) });

function ledger(options: FaultyGraphOptions = {}) {
  const folder = temporaryFolder();
  const file = join(folder, "graph.db");
  const faulty = faultyGraph(embeddedGraph({ file, nodes: LEDGER_NODES }), options);
  const append = defineOperation({
    name: "ledger.append",
    version: 1,
    input,
    dependsOn: { graph: faulty.dependency },
    orderingKey: ({ lane }) => `ledger:${lane}`,
    execute: async ({ input: { lane, number }, graph }) => {
      await graph.append("Lane", [{ key: lane, property: "numbers", values: [number] }]);
      return { appended: number };
    },
  });
  return { file, faulty, append, dataDirectory: join(folder, "data"), lanes: () => readEmbeddedLedger(file) };
}

async function running(
  dataDirectory: string,
  operations: readonly AnyOperationDefinition[],
  config: PartialRuntimeConfig = QUICK,
): Promise<Runtime> {
  const runtime = await createRuntime({ dataDirectory, operations, config });
  onTestFinished(() => runtime.stop());
  return runtime;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** What a promise came to, or that it had not come to anything in time. */
const within = <Value>(promise: Promise<Value>, ms: number): Promise<Value | "nothing"> =>
  Promise.race([promise, pause(ms).then(() => "nothing" as const)]);

const idOf = (outcome: Outcome): string => ("operationId" in outcome ? outcome.operationId : "none");

/** Changes the journal's file from outside, as a fault would. */
function planted(dataDirectory: string, sql: string): void {
  const database = new Database(join(dataDirectory, "journal.db"));
  try {
    database.exec(sql);
  } finally {
    database.close();
  }
}

describe("permits", () => {
  it("gives its permit back when the ordering key of a definition throws", async () => {
    const { dataDirectory, append } = ledger();
    const careless = defineOperation({
      name: "ledger.careless",
      version: 1,
      input,
      dependsOn: append.dependsOn,
      orderingKey: () => {
        throw new Error("no such lane");
      },
      execute: () => {},
    });
    const runtime = await running(dataDirectory, [append, careless], {
      ...QUICK,
      concurrency: { slowStartMs: 0, limit: 1 },
    });
    await expect(runtime.submit(careless, {})).rejects.toMatchObject({ code: "definition_failed" });
    expect(runtime.status().queue.inFlight).toBe(0);
    expect(await runtime.submit(append, {})).toMatchObject({ status: "completed" });
  });

  it("takes the permit back from a handler off the disk that hangs, after abandonAfterMs", async () => {
    const { dataDirectory, append } = ledger();
    const hangs = defineOperation({
      name: "ledger.hang",
      version: 1,
      input,
      dependsOn: append.dependsOn,
      queueable: false,
      attemptTimeoutMs: 30,
      retry: { maximumAttempts: 1 },
      execute: () => new Promise<void>(() => {}),
    });
    const runtime = await running(dataDirectory, [append, hangs], {
      ...QUICK,
      concurrency: { slowStartMs: 0, limit: 1, abandonAfterMs: 50 },
    });
    expect(await runtime.submit(hangs, {})).toMatchObject({ status: "failed", error: { code: "attempt_timeout" } });
    await until("its permit to come back", () => runtime.status().queue.inFlight === 0, 2_000);
    expect(await runtime.submit(append, {})).toMatchObject({ status: "completed" });
  });

  it("takes the permit back from work of runtime.call that hangs, after abandonAfterMs", async () => {
    const search = dependency({ name: "search", probe: () => {}, concurrency: { limit: 1, abandonAfterMs: 50 } });
    const runtime = await createRuntime({
      dataDirectory: join(temporaryFolder(), "data"),
      operations: [],
      dependencies: [search],
      config: QUICK,
    });
    onTestFinished(() => runtime.stop());
    expect(await runtime.call(search, () => new Promise(() => {}), { attemptTimeoutMs: 20 })).toMatchObject({
      status: "failed",
    });
    await until("its permit to come back", () => runtime.status().dependencies[0]?.inUse === 0, 2_000);
  });
});

describe("stopping answers everybody", () => {
  it("answers a submit that is being accepted while the runtime stops", async () => {
    const { dataDirectory, append } = ledger();
    const runtime = await running(dataDirectory, [append]);
    const outcome = runtime.submit(append, {});
    await runtime.stop();
    const answer = await within(outcome, 500);
    expect(answer).not.toBe("nothing");
    expect(answer).toMatchObject({ status: expect.stringMatching(/queued|refused/) });
    if (answer !== "nothing" && answer.status === "refused") expect(answer.reason).toBe("stopping");
  });

  it("refuses with stopping what was still being validated when the runtime stopped", async () => {
    const { dataDirectory, append } = ledger();
    const slow = defineOperation({
      name: "ledger.slow",
      version: 1,
      input: z.object({}).refine(async () => pause(100).then(() => true)),
      dependsOn: append.dependsOn,
      execute: () => {},
    });
    const runtime = await running(dataDirectory, [slow]);
    const outcome = runtime.submit(slow, {});
    await runtime.stop();
    expect(await within(outcome, 1_000)).toMatchObject({ status: "refused", reason: "stopping" });
  });

  it("ends what runs off the disk and what runtime.call runs, and answers their callers", async () => {
    const { dataDirectory, append } = ledger();
    const hangs = defineOperation({
      name: "ledger.hang",
      version: 1,
      input,
      dependsOn: append.dependsOn,
      queueable: false,
      answerWithinMs: 60_000,
      attemptTimeoutMs: 60_000,
      execute: () => new Promise<void>(() => {}),
    });
    const search = dependency({ name: "search", probe: () => {} });
    const runtime = await createRuntime({
      dataDirectory,
      operations: [hangs],
      dependencies: [search],
      config: { ...QUICK, stopWithinMs: 50 },
    });
    const submitted = runtime.submit(hangs, {});
    const called = runtime.call(search, () => new Promise(() => {}), { attemptTimeoutMs: 60_000, retries: 3 });
    await pause(20);
    await runtime.stop();
    expect(await within(submitted, 500)).toMatchObject({ status: "failed", error: { code: "runtime_stopping" } });
    expect(await within(called, 500)).toMatchObject({ status: "failed", error: { code: "runtime_stopping" } });
  });

  it("answers a start that still waits for the first probes", async () => {
    const { dataDirectory, append, faulty } = ledger();
    faulty.stall();
    const runtime = await createRuntime({ dataDirectory, operations: [append], config: QUICK, autoStart: false });
    const started = runtime.start().then(() => "started");
    await runtime.stop();
    expect(await within(started, 1_500)).toBe("started");
  });

  it("answers a result that is being waited for", async () => {
    const { dataDirectory, append, faulty } = ledger();
    const runtime = await running(dataDirectory, [append], { ...QUICK, stopWithinMs: 20 });
    faulty.stall();
    const outcome = await runtime.submit(append, {}, { answerWithinMs: 20 });
    const result = runtime.result(idOf(outcome), { waitMs: 60_000 });
    await pause(20);
    await runtime.stop();
    expect(await within(result, 500)).toMatchObject({ status: "pending" });
  });
});

describe("an unknown effect stays unknown until a fence has made it known", () => {
  it("does not tell `failed` when a later attempt hangs and an earlier one had its effect", async () => {
    const { dataDirectory, faulty, lanes } = ledger();
    const sometimes = defineOperation({
      name: "ledger.sometimes",
      version: 1,
      input,
      dependsOn: { graph: faulty.dependency },
      attemptTimeoutMs: 200,
      retry: { maximumAttempts: 2, initialPauseMs: 10 },
      execute: async ({ graph, attempt }) => {
        if (attempt > 1) await new Promise(() => {});
        await graph.append("Lane", [{ key: "a", property: "numbers", values: [1] }]);
      },
    });
    const runtime = await running(dataDirectory, [sometimes]);
    faulty.swallowCommitAnswers(1);
    const outcome = await runtime.submit(sometimes, {});
    expect(lanes().get("a")).toEqual([1]);
    expect(outcome).toMatchObject({ status: "completed" });
    await until("the end", () => readJournal(dataDirectory).ended.length === 1);
    expect(readJournal(dataDirectory).ended).toMatchObject([{ outcome: "completed" }]);
  });

  it("fences before it cancels what was handed back at its commit by an outage", async () => {
    const { dataDirectory, append, faulty, lanes } = ledger({
      onPoint: (point) => void (point === "afterCommit" && faulty.cut()),
    });
    const runtime = await running(dataDirectory, [append], {
      ...QUICK,
      breaker: { ...QUICK.breaker, consecutiveFailures: 1 },
    });
    const outcome = await runtime.submit(append, {}, { answerWithinMs: 200 });
    expect(outcome).toMatchObject({ status: "queued" });
    // It may have been answered because it was slow: it runs still, and is cut only later.
    await until("it to be handed back", async () => (await runtime.get(idOf(outcome)))?.state === "ready");
    expect(lanes().get("a")).toEqual([1]);
    expect((await runtime.cancel(idOf(outcome), { reason: "not wanted any more" })).status).toBe("closing");
    faulty.restore();
    await until("it to end", () => readJournal(dataDirectory).ended.length === 1);
    expect(await runtime.result(idOf(outcome))).toMatchObject({ status: "completed" });
  });

  it("tells whoever waits that it was cancelled, when the fence has been written", async () => {
    const { dataDirectory, append, faulty } = ledger();
    faulty.cut();
    const runtime = await running(dataDirectory, [append]);
    const outcome = await runtime.submit(append, {});
    await runtime.stop();
    planted(dataDirectory, "UPDATE operation SET interruptions = 1");
    const second = await running(dataDirectory, [append]);
    const result = second.result(idOf(outcome), { waitMs: 20_000 });
    expect((await second.cancel(idOf(outcome), { reason: "not wanted any more" })).status).toBe("closing");
    faulty.restore();
    expect(await within(result, 5_000)).toMatchObject({ status: "cancelled" });
  });

  it("counts what a fence has ended", async () => {
    const { dataDirectory, faulty } = ledger();
    const once = defineOperation({
      name: "ledger.once",
      version: 1,
      input,
      dependsOn: { graph: faulty.dependency },
      retry: { maximumAttempts: 1 },
      execute: async ({ graph }) => {
        await graph.append("Lane", [{ key: "a", property: "numbers", values: [1] }]);
      },
    });
    const runtime = await running(dataDirectory, [once]);
    faulty.swallowCommitAnswers(1);
    await runtime.enqueue(once, {});
    await until("the end", () => readJournal(dataDirectory).ended.length === 1);
    await until("it to be counted", () => runtime.status().ended.completed === 1, 2_000);
  });
});

describe("answers are true", () => {
  it("says slow of what waited for a permit and runs now", async () => {
    const { dataDirectory, faulty } = ledger();
    const gate = Promise.withResolvers<void>();
    const waits = defineOperation({
      name: "ledger.wait",
      version: 1,
      input,
      dependsOn: { graph: faulty.dependency },
      execute: ({ input: { number } }) => (number === 1 ? pause(50) : gate.promise),
    });
    const runtime = await running(dataDirectory, [waits], { ...QUICK, concurrency: { slowStartMs: 0, limit: 1 } });
    void runtime.submit(waits, { number: 1 });
    await pause(10);
    expect(await runtime.submit(waits, { number: 2 }, { answerWithinMs: 300 })).toMatchObject({
      status: "queued",
      because: "slow",
    });
    expect(await runtime.submit(waits, { number: 3 }, { answerWithinMs: 50 })).toMatchObject({
      status: "queued",
      because: "limit",
    });
    gate.resolve();
  });

  it("says policy of what waited for its lane when the breaker opened", async () => {
    const { dataDirectory, append, faulty } = ledger();
    const runtime = await running(dataDirectory, [append]);
    faulty.stall();
    void runtime.submit(append, { number: 1 });
    await pause(20);
    const second = runtime.submit(append, { number: 2 }, { answerWithinMs: 400 });
    await pause(50);
    faulty.cut();
    for (let lane = 0; lane < 5; lane++)
      await runtime.submit(append, { lane: `other-${lane}` }, { answerWithinMs: 20 });
    expect(runtime.status().control.breakers).toMatchObject([{ state: expect.stringMatching(/open|probing/) }]);
    expect(await second).toMatchObject({ status: "queued", because: "policy", cause: { actor: expect.any(String) } });
  });

  it("answers a duplicate as soon as its original has ended, whenever it came", async () => {
    const { dataDirectory, faulty } = ledger();
    const keyed = defineOperation({
      name: "ledger.keyed",
      version: 1,
      input,
      dependsOn: { graph: faulty.dependency },
      idempotencyKey: ({ number }) => String(number),
      execute: async ({ input: { number } }) => pause(number % 4),
    });
    const runtime = await running(dataDirectory, [keyed]);
    const slowest: number[] = [];
    await Promise.all(
      Array.from({ length: 60 }, async (_, number) => {
        const first = runtime.submit(keyed, { number });
        await pause(number % 7);
        const startedMs = performance.now();
        expect(await runtime.submit(keyed, { number }, { answerWithinMs: 3_000 })).toMatchObject({
          status: "completed",
        });
        slowest.push(performance.now() - startedMs);
        await first;
      }),
    );
    expect(Math.max(...slowest)).toBeLessThan(3_000);
  });

  it("says that the effect is unknown of a failed call without receipts", async () => {
    const search = dependency({ name: "search", probe: () => {} });
    const index = defineOperation({
      name: "search.index",
      version: 1,
      input,
      dependsOn: { search },
      retry: { maximumAttempts: 1 },
      execute: ({ search: { call } }) =>
        call(() => {
          throw new Error("connection reset");
        }),
    });
    const runtime = await running(join(temporaryFolder(), "data"), [index]);
    expect(await runtime.submit(index, {})).toMatchObject({ status: "failed", effect: "unknown" });
  });

  it("tells a caller who waits at once that a call was rejected, though the operation has a graph as well", async () => {
    const { dataDirectory, faulty } = ledger();
    const search = dependency({ name: "search", probe: () => {}, classify: () => "rejected" });
    const both = defineOperation({
      name: "both",
      version: 1,
      input,
      dependsOn: { graph: faulty.dependency, search },
      execute: ({ search: { call } }) =>
        call(() => {
          throw new Error("bad request");
        }),
    });
    const runtime = await running(dataDirectory, [both]);
    expect(await runtime.submit(both, {}, { answerWithinMs: 2_000 })).toMatchObject({
      status: "failed",
      error: { code: "call_failed" },
    });
    expect((await runtime.deadLetters.list()).rows).toEqual([]);
  });
});

describe("what a breaker counts", () => {
  it("counts a call that is outstanding when its attempt times out: a stalled dependency opens its breaker", async () => {
    const search = dependency({
      name: "search",
      probe: () => new Promise(() => {}),
      breaker: { consecutiveFailures: 3 },
    });
    let probed = false;
    const quick = {
      ...search,
      connect: (context: Parameters<typeof search.connect>[0]) =>
        Object.assign(search.connect(context), {
          probe: async () => (probed ? Promise.reject(new Error("down")) : void (probed = true)),
        }),
    };
    const index = defineOperation({
      name: "search.index",
      version: 1,
      input,
      dependsOn: { search: quick },
      attemptTimeoutMs: 30,
      retry: { maximumAttempts: 1 },
      execute: ({ search: { call } }) => call(() => new Promise(() => {})),
    });
    const runtime = await running(join(temporaryFolder(), "data"), [index]);
    await Promise.all([1, 2, 3].map((number) => runtime.submit(index, { number }, { answerWithinMs: 1_000 })));
    expect(runtime.status().control.breakers[0]?.state).not.toBe("closed");
  });

  it("counts each call, whatever the handler makes of it: a failure it answers with a default is a failure", async () => {
    let up = true;
    const search = dependency({
      name: "search",
      probe: () => {
        if (!up) throw new Error("down");
      },
      breaker: { consecutiveFailures: 3, initialBreakMs: 10_000 },
    });
    const index = defineOperation({
      name: "search.index",
      version: 1,
      input,
      dependsOn: { search },
      execute: ({ input: { number }, search: { call } }) =>
        number === 0
          ? "not asked"
          : call(() => {
              throw new Error("connection reset");
            }).catch(() => "default"),
    });
    const runtime = await running(join(temporaryFolder(), "data"), [index]);
    up = false;
    for (const number of [1, 0, 2, 0])
      expect(await runtime.submit(index, { number })).toMatchObject({ status: "completed" });
    expect(runtime.status().dependencies).toMatchObject([{ consecutiveFailures: 2, windowCalls: 2 }]);
    await runtime.submit(index, { number: 3 });
    expect(runtime.status().control.breakers[0]?.state).not.toBe("closed");
  });

  it("does not count an attempt against an operation whose breaker has opened and closed again meanwhile", async () => {
    const { dataDirectory, append } = ledger();
    const gate = Promise.withResolvers<void>();
    const long = defineOperation({
      name: "ledger.long",
      version: 1,
      input,
      dependsOn: append.dependsOn,
      retry: { maximumAttempts: 1 },
      execute: async ({ graph, attempt }) => {
        await graph.append("Lane", [{ key: "long", property: "numbers", values: [attempt] }]);
        await gate.promise;
        executed += 1;
        if (executed === 1) throw new HandlerError("connection_reset", "a connection was gone", { retryable: true });
      },
    });
    let executed = 0;
    const runtime = await running(dataDirectory, [append, long]);
    const outcome = runtime.submit(long, { lane: "long" }, { answerWithinMs: 10_000 });
    await pause(50);
    const generation = runtime.status().control.breakers[0]!.generation;
    // The breaker alone: the long attempt's own connection is not cut.
    for (let n = 0; n < 5; n++) await runtime.call(append.dependsOn.graph, () => Promise.reject(new Error("reset")));
    await until("it to be closed again", () => runtime.status().control.breakers[0]!.generation >= generation + 2);
    gate.resolve();
    expect(await outcome).toMatchObject({ status: "completed" });
    await until("the end to be on disk", () => readJournal(dataDirectory).ended.length === 1);
  });
});

describe("bounds", () => {
  it("bounds the bytes of submits in memory also within one tick", async () => {
    const { dataDirectory, faulty } = ledger();
    const gate = Promise.withResolvers<void>();
    const text = defineOperation({
      name: "ledger.text",
      version: 1,
      input: z.object({ text: z.string() }),
      dependsOn: { graph: faulty.dependency },
      execute: () => gate.promise,
    });
    const runtime = await running(dataDirectory, [text], { ...QUICK, queue: { maximumPendingBytes: 50_000 } });
    const outcomes = Promise.all(Array.from({ length: 20 }, () => runtime.submit(text, { text: "x".repeat(10_000) })));
    await pause(100);
    gate.resolve();
    expect(
      (await outcomes).filter((outcome) => outcome.status === "refused" && outcome.reason === "overloaded"),
    ).toHaveLength(15);
  });
});

describe("a store that fails", () => {
  it("writes an end that could not be written when it can be, claims nothing meanwhile, and does not execute it again", async () => {
    const { dataDirectory } = ledger();
    let executed = 0;
    const note = defineOperation({ name: "note", version: 1, input, execute: () => void (executed += 1) });
    const runtime = await running(dataDirectory, [note]);
    await runtime.submit(note, {});
    await until("the first end", () => readJournal(dataDirectory).ended.length === 1);
    const gate =
      "INSERT INTO ended (sequence, operation_id, definition, pool, principal, outcome, accepted_at, ended_at, attempts, incarnation, replayed, value_omitted, keep_until, result, error) SELECT sequence + 1, operation_id, definition, pool, principal, outcome, accepted_at, ended_at, attempts, incarnation, replayed, value_omitted, keep_until, result, error FROM ended WHERE sequence = 1";
    planted(dataDirectory, gate);
    expect(await runtime.submit(note, {})).toMatchObject({ status: "completed" });
    await pause(300);
    expect(readJournal(dataDirectory).waiting).toMatchObject([{ sequence: 2 }]);
    planted(dataDirectory, "DELETE FROM ended WHERE sequence = 2");
    await until("the end to be written", () => readJournal(dataDirectory).ended.length === 2, 8_000);
    expect(readJournal(dataDirectory)).toMatchObject({
      waiting: [],
      ended: [{ sequence: 1 }, { sequence: 2, outcome: "completed" }],
    });
    expect(executed).toBe(2);
    await until(
      "claims and starts to go on",
      async () => (await runtime.submit(note, {}, { answerWithinMs: 1_000 })).status === "completed",
    );
  });

  it("refuses with storage_lost when the writer is gone for good, answers whoever waits, and says so in its phase", async () => {
    const writers = new Set<Worker>();
    const { postMessage } = Worker.prototype;
    Worker.prototype.postMessage = function watched(this: Worker, ...parameters: Parameters<typeof postMessage>) {
      const isBatch = typeof parameters[0] === "object" && "batch" in parameters[0];
      if (isBatch) writers.add(this);
      postMessage.apply(this, parameters);
      // Not before: what was never sent is truly refused.
      if (isBatch && JSON.stringify(parameters[0]).includes(SECOND)) sent.resolve();
    };
    onTestFinished(() => void (Worker.prototype.postMessage = postMessage));
    const sent = Promise.withResolvers<void>();
    const SECOND = "the second";
    const { dataDirectory, faulty } = ledger();
    const gate = Promise.withResolvers<void>();
    const waits = defineOperation({
      name: "ledger.wait",
      version: 1,
      input,
      dependsOn: { graph: faulty.dependency },
      execute: () => gate.promise,
    });
    const runtime = await running(dataDirectory, [waits], {
      ...QUICK,
      stopWithinMs: 200,
      storage: { maximumRestarts: 0 },
    });
    const pages: string[] = [];
    runtime.on("page", ({ subject }) => pages.push(subject));
    const waiting = runtime.submit(waits, {}, { answerWithinMs: 30_000 });
    await until("it to run", () => readJournal(dataDirectory).waiting.length === 1);
    const pending = runtime.submit(waits, { lane: SECOND }, { answerWithinMs: 30_000 });
    await sent.promise;
    await Promise.all([...writers].map((writer) => writer.terminate()));
    expect(await within(waiting, 1_000)).toMatchObject({ status: "queued" });
    // It may be on disk or not, and is not said to be refused: who submits again would have it twice.
    const answer = await within(pending, 1_000);
    expect(answer).not.toBe("nothing");
    if (answer !== "nothing" && answer.status !== "queued")
      expect(answer).toMatchObject({ status: "failed", effect: "unknown", error: { code: "storage_lost" } });
    expect(await within(runtime.submit(waits, {}), 1_000)).toMatchObject({ status: "refused", reason: "storage_lost" });
    expect(runtime.phase).toBe("storage_lost");
    expect(runtime.status()).toMatchObject({ phase: "storage_lost", storage: "lost" });
    expect(pages).toContain("storage");
    gate.resolve();
    expect(
      await within(
        runtime.stop().then(() => "stopped"),
        3_000,
      ),
    ).toBe("stopped");
    await running(dataDirectory, [waits]);
    await until("what was accepted to be executed", () => readJournal(dataDirectory).waiting.length === 0);
  });
});
