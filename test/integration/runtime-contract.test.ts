import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import {
  type AnyOperationDefinition,
  createRuntime,
  defineOperation,
  HandlerError,
  MisuseError,
  type PartialRuntimeConfig,
  type Runtime,
  StorageError,
} from "../../src/index.ts";
import { embeddedGraph } from "../../src/graph/embedded/index.ts";
import { faultyGraph } from "../../src/testing/faulty-graph.ts";
import { LEDGER_NODES, readEmbeddedLedger, readJournal, temporaryFolder, until } from "../support/ledger.ts";

/** Short pauses, so that a test waits for events and not for defaults made for production. */
const QUICK: PartialRuntimeConfig = {
  breaker: { initialBreakMs: 50, maximumBreakMs: 200, probeTimeoutMs: 1_000 },
  operations: { retry: { maximumAttempts: 8, initialPauseMs: 10, maximumPauseMs: 50 } },
  concurrency: { slowStartMs: 0 },
};

function ledger() {
  const folder = temporaryFolder();
  const file = join(folder, "graph.db");
  const faulty = faultyGraph(embeddedGraph({ file, nodes: LEDGER_NODES }));
  const append = defineOperation({
    name: "ledger.append",
    version: 1,
    input: z.object({ lane: z.string(), number: z.number().int() }),
    dependsOn: { graph: faulty.dependency },
    orderingKey: ({ lane }) => `ledger:${lane}`,
    execute: async ({ input, graph }) => {
      // Later numbers are often quicker: only the lane keeps them behind the earlier ones.
      await new Promise((resolve) => setTimeout(resolve, (input.number * 7) % 11));
      await graph.append("Lane", [{ key: input.lane, property: "numbers", values: [input.number] }]);
      return { appended: input.number };
    },
  });
  return { folder, file, faulty, append, dataDirectory: join(folder, "data"), lanes: () => readEmbeddedLedger(file) };
}

async function running<const Operations extends readonly AnyOperationDefinition[]>(
  dataDirectory: string,
  operations: Operations,
  config: PartialRuntimeConfig = QUICK,
): Promise<Runtime> {
  const runtime = await createRuntime({ dataDirectory, operations, config });
  onTestFinished(() => runtime.stop());
  return runtime;
}

describe("the way of one operation", () => {
  it("completes with the handler's value, with the effect in the graph and the end on disk", async () => {
    const { dataDirectory, append, lanes } = ledger();
    const runtime = await running(dataDirectory, [append]);
    const outcome = await runtime.submit(append, { lane: "a", number: 7 });
    expect(outcome).toMatchObject({ status: "completed", value: { appended: 7 }, source: "execution" });
    expect(lanes().get("a")).toEqual([7]);
    await until("the end to be on disk", () => readJournal(dataDirectory).ended.length === 1);
    if (outcome.status !== "completed") return;
    expect(await runtime.result(outcome.operationId)).toMatchObject({ status: "completed", value: { appended: 7 } });
  });

  it.each([
    ["a value the schema does not take", { lane: "a", number: "7" }, "invalid_input", "$.number"],
    ["a value JSON would change", { lane: "a", number: 7, at: new Date() }, "invalid_input", "$.at"],
    ["an input above the limit", { lane: "a".repeat(1_100_000), number: 7 }, "input_too_large", "$"],
  ])("refuses %s with code and path, before anything is stored", async (_, input, reason, path) => {
    const { dataDirectory, append } = ledger();
    const runtime = await running(dataDirectory, [append]);
    expect(await runtime.submit(append, input as never)).toMatchObject({
      status: "refused",
      reason,
      path,
      retryable: false,
    });
    expect(readJournal(dataDirectory)).toEqual({ waiting: [], ended: [] });
  });

  it("refuses a principal without the permission", async () => {
    const { dataDirectory, append } = ledger();
    const runtime = await running(dataDirectory, [append]);
    expect(
      await runtime.submit(
        append,
        { lane: "a", number: 1 },
        { principal: { id: "guest", permissions: ["queue.read"] } },
      ),
    ).toMatchObject({ status: "refused", reason: "forbidden" });
  });

  it("throws only for misuse: an operation of another runtime, a definition given twice, two dependencies of one name", async () => {
    const { dataDirectory, append } = ledger();
    const other = ledger();
    const runtime = await running(dataDirectory, [append]);
    await expect(runtime.submit(other.append, { lane: "a", number: 1 })).rejects.toThrow(MisuseError);
    await expect(
      createRuntime({ dataDirectory: other.dataDirectory, operations: [append, { ...append }] }),
    ).rejects.toThrow("defined twice");
    await expect(
      createRuntime({
        dataDirectory: other.dataDirectory,
        operations: [append, { ...other.append, name: "ledger.other" }],
      }),
    ).rejects.toThrow("two dependencies named graph");
  });

  it("refuses a result that JSON would change, and leaves no effect", async () => {
    const { dataDirectory, faulty, lanes } = ledger();
    const bad = defineOperation({
      name: "ledger.bad",
      version: 1,
      input: z.object({}),
      dependsOn: { graph: faulty.dependency },
      execute: async ({ graph }) => {
        await graph.append("Lane", [{ key: "bad", property: "numbers", values: [1] }]);
        return { at: new Date() };
      },
    });
    const runtime = await running(dataDirectory, [bad]);
    const outcome = await runtime.submit(bad, {});
    expect(outcome).toMatchObject({ status: "failed", effect: "none" });
    expect(outcome.status === "failed" && outcome.error).toMatchObject({ code: "invalid_result" });
    expect(lanes().get("bad")).toBeUndefined();
  });

  it("says valueOmitted for a value above the limit, now and later", async () => {
    const { dataDirectory, faulty } = ledger();
    const large = defineOperation({
      name: "ledger.large",
      version: 1,
      input: z.object({}),
      dependsOn: { graph: faulty.dependency },
      execute: () => "x".repeat(20_000),
    });
    const runtime = await running(dataDirectory, [large]);
    const outcome = await runtime.submit(large, {});
    expect(outcome).toMatchObject({ status: "completed", valueOmitted: true });
    if (outcome.status === "completed")
      await until("the end", async () => (await runtime.result(outcome.operationId)).status === "completed");
    expect(outcome.status === "completed" && (await runtime.result(outcome.operationId))).toMatchObject({
      valueOmitted: true,
    });
  });

  it("gives the same outcome for the same idempotency key, in flight and later, and refuses another input under it", async () => {
    const { dataDirectory, append, lanes } = ledger();
    const runtime = await running(dataDirectory, [append]);
    const submit = (number: number) => runtime.submit(append, { lane: "a", number }, { idempotencyKey: "order-1" });
    const outcomes = await Promise.all([submit(1), submit(1), submit(1)]);
    for (const outcome of outcomes) expect(outcome).toMatchObject({ status: "completed", value: { appended: 1 } });
    await until("the end", () => readJournal(dataDirectory).ended.length === 1);
    expect(await submit(1)).toMatchObject({ status: "completed", value: { appended: 1 } });
    expect(await submit(2)).toMatchObject({ status: "refused", reason: "idempotency_key_reused" });
    expect(lanes().get("a")).toEqual([1]);
  });

  it("invariant 3: effects of one lane happen in the order of acceptance, whatever runs beside it", async () => {
    const { dataDirectory, append, lanes } = ledger();
    const runtime = await running(dataDirectory, [append]);
    const numbers = Array.from({ length: 300 }, (_, number) => number);
    const outcomes = await Promise.all(
      numbers.map((number) => runtime.submit(append, { lane: `lane-${number % 5}`, number })),
    );
    expect(outcomes.every(({ status }) => status === "completed")).toBe(true);
    for (let lane = 0; lane < 5; lane++)
      expect(lanes().get(`lane-${lane}`)).toEqual(numbers.filter((number) => number % 5 === lane));
  });

  it("keeps a handler that submits itself from waiting for itself", async () => {
    const { dataDirectory, append, faulty } = ledger();
    let runtime: Runtime;
    const nested = defineOperation({
      name: "ledger.nested",
      version: 1,
      input: z.object({}),
      dependsOn: { graph: faulty.dependency },
      orderingKey: () => "ledger:a",
      execute: async () => (await runtime.submit(append, { lane: "a", number: 1 }, { answerWithinMs: 100 })).status,
    });
    runtime = await running(dataDirectory, [append, nested]);
    expect(await runtime.submit(nested, {})).toMatchObject({ status: "completed", value: "queued" });
    await until("the inner one to be done", () => readJournal(dataDirectory).ended.length === 2);
  });
});

describe("handlers that misbehave", () => {
  const misbehaving = (
    faulty: ReturnType<typeof ledger>["faulty"],
    execute: (context: {
      graph: Parameters<ReturnType<typeof ledger>["append"]["execute"]>[0]["graph"];
      attempt: number;
      signal: AbortSignal;
    }) => unknown,
    options: { attemptTimeoutMs?: number; onDeadLetter?: "skip" } = {},
  ) =>
    defineOperation({
      name: "ledger.misbehave",
      version: 1,
      input: z.object({ lane: z.string().default("a") }),
      dependsOn: { graph: faulty.dependency },
      orderingKey: ({ lane }) => `ledger:${lane}`,
      ...options,
      execute: execute as never,
    });

  it("tells a failure to the caller who waits, and keeps no dead letter of it", async () => {
    const { dataDirectory, faulty } = ledger();
    const throws = misbehaving(faulty, () => {
      throw new Error("no such fryer");
    });
    const runtime = await running(dataDirectory, [throws]);
    const outcome = await runtime.submit(throws, { lane: "a" });
    expect(outcome).toMatchObject({ status: "failed", effect: "none" });
    expect(outcome.status === "failed" && outcome.error).toBeInstanceOf(HandlerError);
    expect((await runtime.deadLetters.list()).rows).toEqual([]);
    expect(runtime.status().control.breakers).toMatchObject([{ dependency: "graph", state: "closed" }]);
  });

  it("keeps a dead letter when nobody waits, parks its lane, and goes on when a person retries it in its place", async () => {
    const { dataDirectory, faulty, append, lanes } = ledger();
    let broken = true;
    const throws = misbehaving(faulty, async ({ graph }) => {
      if (broken) throw new Error("no such fryer");
      await graph.append("Lane", [{ key: "a", property: "numbers", values: [1] }]);
    });
    const runtime = await running(dataDirectory, [throws, append]);
    const first = await runtime.enqueue(throws, { lane: "a" });
    await until("the dead letter", async () => (await runtime.deadLetters.list()).rows.length === 1);
    const second = await runtime.submit(append, { lane: "a", number: 2 }, { answerWithinMs: 50 });
    expect(second).toMatchObject({ status: "queued", because: "lane" });
    expect(
      first.status === "queued" && second.status === "queued" && (await runtime.get(second.operationId))?.state,
    ).toBe("parked");
    broken = false;
    await expect(
      runtime.deadLetters.retry((first as { operationId: string }).operationId, { reason: " " }),
    ).rejects.toThrow(MisuseError);
    expect(
      await runtime.deadLetters.retry((first as { operationId: string }).operationId, { reason: "fryer was added" }),
    ).toMatchObject({ status: "retried", place: "same" });
    await until("both to be done", () => lanes().get("a")?.length === 2);
    expect(lanes().get("a")).toEqual([1, 2]);
  });

  it("ends a handler that hangs by its timeout, frees its lane, and opens no breaker for it", async () => {
    const { dataDirectory, faulty, append } = ledger();
    const hangs = misbehaving(faulty, () => new Promise(() => {}), { attemptTimeoutMs: 50 });
    const runtime = await running(dataDirectory, [hangs, append], {
      ...QUICK,
      concurrency: { slowStartMs: 0, abandonAfterMs: 100 },
    });
    const outcome = await runtime.submit(hangs, { lane: "a" });
    expect(outcome.status === "failed" && outcome.error).toMatchObject({ code: "attempt_timeout" });
    expect(await runtime.submit(append, { lane: "a", number: 1 })).toMatchObject({ status: "completed" });
    expect(runtime.status().control.breakers).toMatchObject([{ state: "closed", generation: expect.any(Number) }]);
    await until("its permits to come back", () => runtime.status().queue.inFlight === 0);
  });

  it("closes the transaction of a handler that goes on after its timeout", async () => {
    const { dataDirectory, faulty, append, lanes } = ledger();
    const late: unknown[] = [];
    const goesOn = misbehaving(
      faulty,
      async ({ graph, attempt }) => {
        if (attempt > 1) return "gave up";
        await new Promise((resolve) => setTimeout(resolve, 200));
        await graph
          .append("Lane", [{ key: "a", property: "numbers", values: [99] }])
          .catch((error: unknown) => late.push(error));
        throw new Error("too late");
      },
      { attemptTimeoutMs: 50 },
    );
    const runtime = await running(dataDirectory, [goesOn, append]);
    await runtime.submit(goesOn, { lane: "a" });
    await until("the late write", () => late.length > 0);
    expect(late[0]).toMatchObject({ code: "transaction_closed" });
    expect(lanes().get("a")).toBeUndefined();
  });

  it("aborts the signal of an attempt that has ended, with the reason", async () => {
    const { dataDirectory, faulty } = ledger();
    const reasons: unknown[] = [];
    const listens = misbehaving(
      faulty,
      ({ signal }) =>
        new Promise((_, reject) =>
          signal.addEventListener("abort", () => {
            reasons.push(signal.reason);
            reject(signal.reason as Error);
          }),
        ),
      { attemptTimeoutMs: 30 },
    );
    const runtime = await running(dataDirectory, [listens]);
    await runtime.submit(listens, { lane: "a" });
    expect(reasons[0]).toMatchObject({ code: "attempt_timeout" });
  });
});

describe("an outage of the graph", () => {
  it("queues what arrives, refuses what cannot wait, and drains once and in order when the graph is back", async () => {
    const { dataDirectory, faulty, append, lanes } = ledger();
    const query = defineOperation({
      name: "ledger.query",
      version: 1,
      input: z.object({ lane: z.string() }),
      dependsOn: { graph: faulty.dependency },
      queueable: false,
      execute: ({ input, graph }) => graph.matchNodes("Lane", { keys: [input.lane] }),
    });
    const runtime = await running(dataDirectory, [append, query]);
    faulty.cut();
    const numbers = Array.from({ length: 100 }, (_, number) => number);
    const outcomes = [];
    for (const number of numbers)
      outcomes.push(await runtime.submit(append, { lane: `lane-${number % 4}`, number }, { answerWithinMs: 20 }));
    expect(outcomes.every(({ status }) => status === "queued")).toBe(true);
    expect(outcomes.at(-1)).toMatchObject({ because: "policy", cause: { actor: expect.stringContaining("graph") } });
    expect(await runtime.submit(query, { lane: "lane-0" })).toMatchObject({
      status: "refused",
      reason: "unavailable",
      retryable: true,
    });
    expect(runtime.status().control.policy.modes.map(({ mode }) => mode)).toContain("local_queue");
    faulty.restore();
    await until("everything to be drained", () => readJournal(dataDirectory).ended.length === 100);
    for (let lane = 0; lane < 4; lane++)
      expect(lanes().get(`lane-${lane}`)).toEqual(numbers.filter((number) => number % 4 === lane));
    await until("normal mode", () => runtime.status().control.policy.modes[0]?.mode === "normal");
    expect(await runtime.submit(query, { lane: "lane-0" })).toMatchObject({ status: "completed" });
  });

  it("answers with the fallback of an operation that cannot wait, and says so", async () => {
    const { dataDirectory, faulty } = ledger();
    const query = defineOperation({
      name: "ledger.query",
      version: 1,
      input: z.object({}),
      dependsOn: { graph: faulty.dependency },
      queueable: false,
      fallback: ({ cause }) => `stale, because ${cause.actor}`,
      execute: () => "fresh",
    });
    faulty.cut();
    const runtime = await running(dataDirectory, [query]);
    expect(await runtime.submit(query, {})).toMatchObject({
      status: "completed",
      source: "fallback",
      value: expect.stringContaining("stale"),
    });
  });

  it("starts while the graph is down, and executes what was left when it comes up", async () => {
    const { dataDirectory, faulty, append, lanes } = ledger();
    faulty.cut();
    const runtime = await running(dataDirectory, [append]);
    expect(await runtime.submit(append, { lane: "a", number: 1 })).toMatchObject({
      status: "queued",
      because: "policy",
    });
    await runtime.stop();
    faulty.restore();
    await running(dataDirectory, [append]);
    await until("the one left to be executed", () => lanes().get("a")?.length === 1);
  });

  it("invariant 2: replays an operation whose commit was not answered without doubling its effect", async () => {
    const { dataDirectory, faulty, append, lanes } = ledger();
    const runtime = await running(dataDirectory, [append]);
    faulty.swallowCommitAnswers(3);
    const outcomes = await Promise.all(
      [1, 2, 3, 4].map((number) => runtime.submit(append, { lane: `lane-${number}`, number })),
    );
    await until("all to be done", () => readJournal(dataDirectory).ended.length === 4);
    expect([...lanes().values()].flat().sort((a, b) => a - b)).toEqual([1, 2, 3, 4]);
    expect(outcomes.every(({ status }) => status === "completed" || status === "queued")).toBe(true);
    expect(runtime.status().ended.replayed).toBe(3);
  });
});

describe("stopping, restarting, cancelling", () => {
  it("hands back what does not end in time, and executes it after the restart", async () => {
    const { dataDirectory, faulty, append, lanes } = ledger();
    const runtime = await running(dataDirectory, [append], { ...QUICK, stopWithinMs: 50 });
    faulty.stall();
    const outcome = runtime.submit(append, { lane: "a", number: 1 });
    await until("it to run", () => readJournal(dataDirectory).waiting.length === 1);
    await runtime.stop();
    faulty.restore();
    expect(readJournal(dataDirectory).waiting).toMatchObject([{ attempts: 0 }]);
    await running(dataDirectory, [append]);
    await until("it to be executed", () => lanes().get("a")?.length === 1);
    await outcome.catch(() => {});
  });

  it("refuses after stop, and works with await using", async () => {
    const { dataDirectory, append } = ledger();
    let kept: Runtime;
    {
      await using runtime = await createRuntime({ dataDirectory, operations: [append], config: QUICK });
      kept = runtime;
      await runtime.submit(append, { lane: "a", number: 1 });
    }
    expect(kept.phase).toBe("stopped");
    await expect(kept.submit(append, { lane: "a", number: 2 })).rejects.toThrow(MisuseError);
  });

  it("tells a second runtime on the same directory who holds it", async () => {
    const { dataDirectory, append } = ledger();
    await running(dataDirectory, [append]);
    const second = createRuntime({ dataDirectory, operations: [append] });
    await expect(second).rejects.toThrow(StorageError);
    await expect(second).rejects.toMatchObject({
      code: "data_directory_in_use",
      message: expect.stringContaining(String(process.pid)),
    });
  });

  it("holds operations of an unknown version and executes them once the definition migrates them", async () => {
    const { dataDirectory, faulty, append, lanes } = ledger();
    faulty.cut();
    const runtime = await running(dataDirectory, [append]);
    await runtime.submit(append, { lane: "a", number: 1 });
    await runtime.stop();
    faulty.restore();
    const strict = { ...append, version: 2 };
    const second = await running(dataDirectory, [strict]);
    await until("it to be held", () => second.status().queue.counts.held === 1);
    await second.stop();
    const migrating = {
      ...append,
      version: 2,
      migrateInput: (input: unknown, from: number) => ({
        ...(input as { lane: string; number: number }),
        number: from * 100,
      }),
    };
    await running(dataDirectory, [migrating]);
    await until("it to be executed", () => lanes().get("a")?.length === 1);
    expect(lanes().get("a")).toEqual([100]);
  });

  it("cancels what waits, with a reason, and lets its lane go on", async () => {
    const { dataDirectory, faulty, append, lanes } = ledger();
    faulty.cut();
    const runtime = await running(dataDirectory, [append]);
    const ids = [];
    for (const number of [1, 2, 3]) {
      const outcome = await runtime.submit(append, { lane: "a", number });
      if (outcome.status === "queued") ids.push(outcome.operationId);
    }
    expect(await runtime.cancel(ids[0]!, { reason: "entered twice" })).toMatchObject({ status: "cancelled" });
    expect(await runtime.result(ids[0]!)).toMatchObject({ status: "cancelled" });
    faulty.restore();
    await until("the others to be executed", () => lanes().get("a")?.length === 2);
    expect(lanes().get("a")).toEqual([2, 3]);
  });

  it("invariant 7: lets an operation expire whose life was over, and does not execute it", async () => {
    const { dataDirectory, faulty, append, lanes } = ledger();
    faulty.cut();
    const runtime = await running(dataDirectory, [append]);
    const short = await runtime.submit(append, { lane: "a", number: 1 }, { expiresAfterMs: 50 });
    await runtime.submit(append, { lane: "a", number: 2 });
    await new Promise((resolve) => setTimeout(resolve, 100));
    faulty.restore();
    await until("the second to be executed", () => lanes().get("a")?.length === 1);
    expect(lanes().get("a")).toEqual([2]);
    expect(await runtime.result((short as { operationId: string }).operationId)).toMatchObject({ status: "expired" });
  });

  it("leaves its journal in one file when it was stopped, whoever had read in it", async () => {
    const { dataDirectory, append } = ledger();
    const runtime = await running(dataDirectory, [append]);
    const outcome = await runtime.enqueue(append, { lane: "a", number: 1 });
    await runtime.get((outcome as { operationId: string }).operationId);
    await runtime.stop();
    expect(readdirSync(dataDirectory).filter((name) => name.startsWith("journal.db"))).toEqual(["journal.db"]);
  });

  it("calls nothing a backlog that was accepted after the breaker had closed", async () => {
    const { dataDirectory, faulty } = ledger();
    const gate = Promise.withResolvers<void>();
    const slow = defineOperation({
      name: "ledger.slow",
      version: 1,
      input: z.object({}),
      dependsOn: { graph: faulty.dependency },
      execute: () => gate.promise,
    });
    const runtime = await createRuntime({ dataDirectory, operations: [slow], config: QUICK, autoStart: false });
    onTestFinished(() => runtime.stop());
    let answer: Promise<unknown> | undefined;
    // The reader is busy: the drain's question waits behind these, and the operation is on disk before it is answered.
    const questions = Array.from({ length: 2_000 }, () => runtime.get("op_1"));
    runtime.on("policy", ({ dependencies }) => {
      if (dependencies["graph"]?.decision === "run") answer ??= Promise.resolve().then(() => runtime.submit(slow, {}));
    });
    await runtime.start();
    // It is under way, and the drain does not wait for it.
    await until("the drain to be through", () => runtime.status().control.drains[0]?.state === "empty");
    expect(runtime.status().queue.counts.running).toBe(1);
    gate.resolve();
    expect(await answer).toMatchObject({ status: "completed" });
    await Promise.all(questions);
    expect((await runtime.history({ mode: "local_queue" })).rows).toEqual([]);
  });
});
