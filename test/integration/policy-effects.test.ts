import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import type { AdmissionDecision, AdmissionPolicy } from "../../machines/contracts/admission-policy.ts";
import { embeddedGraph } from "../../src/graph/embedded/index.ts";
import {
  type AnyOperationDefinition,
  defineOperation,
  dependency,
  type PartialRuntimeConfig,
} from "../../src/index.ts";
import { LEDGER_NODES, temporaryFolder, until } from "../support/ledger.ts";
import { runtimeWithPolicy } from "../support/policy-in-force.ts";

const cause = { actor: "mode:test", what: "the test says so" };
const ALL: AdmissionPolicy["byPriority"] = { critical: "run", high: "run", normal: "run", low: "run", deferred: "run" };
const says = (byPriority: Partial<Record<keyof typeof ALL, AdmissionDecision>>): Partial<AdmissionPolicy> => ({
  byPriority: { ...ALL, ...byPriority },
  priorityCause: cause,
});
const emergency = says({ high: "queue", normal: "queue", low: "refuse", deferred: "refuse" });

async function running(config: PartialRuntimeConfig = {}, more: readonly AnyOperationDefinition[] = []) {
  const folder = temporaryFolder();
  const graph = embeddedGraph({ file: join(folder, "graph.db"), nodes: LEDGER_NODES });
  const search = dependency({ name: "search", probe: () => {} });
  const executed: number[] = [];
  const batches: number[][] = [];
  const gates = new Map<number, Promise<void>>();
  const note = defineOperation({
    name: "note",
    version: 1,
    input: z.object({ lane: z.string().optional(), number: z.number() }),
    dependsOn: { graph },
    orderingKey: ({ lane }) => lane,
    execute: async ({ input }) => {
      executed.push(input.number);
      await gates.get(input.number);
    },
  });
  const batched = defineOperation({
    name: "batched",
    version: 1,
    input: z.object({ number: z.number() }),
    dependsOn: { graph },
    maximumBatchItems: 50,
    execute: ({ input }) => void batches.push([input.number]),
    executeBatch: ({ items }) => void batches.push(items.map(({ input }) => input.number)),
  });
  const { runtime, put } = await runtimeWithPolicy({
    dataDirectory: join(folder, "data"),
    operations: [note, batched, ...more],
    dependencies: [search],
    config: { concurrency: { slowStartMs: 0 }, ...config },
  });
  onTestFinished(() => runtime.stop());
  return { runtime, put, note, batched, search, executed, batches, gates };
}

describe("a policy that queues a priority", () => {
  it("has it wait on disk with the cause, runs the others, and executes it when it relents", async () => {
    const { runtime, put, note, executed } = await running();
    put(says({ low: "queue" }));
    expect(await runtime.submit(note, { number: 1 }, { priority: "low" })).toMatchObject({
      status: "queued",
      because: "policy",
      cause,
    });
    expect(await runtime.enqueue(note, { number: 2 }, { priority: "low" })).toMatchObject({ because: "policy" });
    expect(await runtime.submit(note, { number: 3 }, { priority: "high" })).toMatchObject({ status: "completed" });
    expect(executed).toEqual([3]);
    put(says({}));
    await until("what waited to be executed", () => executed.length === 3);
    expect(executed).toEqual([3, 1, 2]);
  });

  it("lets a lane go on that carries a more urgent operation, with all that stands before it", async () => {
    const { runtime, put, note, executed } = await running();
    put(emergency);
    await runtime.enqueue(note, { lane: "a", number: 1 }, { priority: "normal" });
    await runtime.enqueue(note, { lane: "b", number: 9 }, { priority: "normal" });
    const urgent = await runtime.submit(note, { lane: "a", number: 2 }, { priority: "critical" });
    expect(urgent).toMatchObject({ status: "completed" });
    expect(executed).toEqual([1, 2]);
  });

  it("lets what is in flight go on, and has what was claimed behind it wait again: nothing fails", async () => {
    const { runtime, put, note, executed, gates } = await running();
    put(says({ normal: "queue" }));
    const gate = Promise.withResolvers<void>();
    gates.set(1, gate.promise);
    const ids: string[] = [];
    for (const number of [1, 2, 3, 4]) {
      const outcome = await runtime.enqueue(note, { lane: "a", number });
      if (outcome.status === "queued") ids.push(outcome.operationId);
    }
    put(says({}));
    await until("the first of the run to be under way", () => executed.length === 1);
    put(says({ normal: "queue" }));
    gate.resolve();
    expect(await runtime.result(ids[0]!, { waitMs: 20_000 })).toMatchObject({ status: "completed" });
    await until("the others to wait again", () => runtime.status().queue.counts.running === 0);
    expect(executed).toEqual([1]);
    put(says({}));
    await until("the others", () => runtime.status().ended.completed === 4);
    expect(executed).toEqual([1, 2, 3, 4]);
    expect(runtime.status().ended).toMatchObject({ failed: 0, dead: 0 });
  });
});

describe("a policy that refuses a priority", () => {
  it("says that it was shed, why, and when to come again, and keeps nothing", async () => {
    const { runtime, put, note } = await running();
    put(emergency);
    for (const asked of [runtime.submit, runtime.enqueue])
      expect(await asked.call(runtime, note, { number: 1 }, { priority: "low" })).toMatchObject({
        status: "refused",
        reason: "shed",
        retryable: true,
        retryAfterSeconds: 30,
        cause,
      });
    expect(runtime.status().queue.counts).toMatchObject({ ready: 0, blocked: 0, running: 0 });
    const pin = { mode: "emergency_mode", owner: "anna", reason: "a test", since: 0, revision: 1 } as const;
    put({ ...emergency, pin: { ...pin, until: Date.now() + 9_500 } });
    const pinned = await runtime.submit(note, { number: 1 }, { priority: "low" });
    expect(pinned.status === "refused" && pinned.retryAfterSeconds).toBeGreaterThan(5);
    expect(pinned.status === "refused" && pinned.retryAfterSeconds).toBeLessThanOrEqual(10);
  });

  it("has the fallback answer, of what cannot wait and of what it refuses, and says so", async () => {
    const heard: unknown[] = [];
    const lookUp = (name: string, queueable: boolean) =>
      defineOperation({
        name,
        version: 1,
        input: z.object({}),
        dependsOn: {},
        queueable,
        execute: () => "fresh",
        fallback: ({ cause: why }) => (heard.push(why), "stale"),
      });
    const [read, write] = [lookUp("read", false), lookUp("write", true)];
    const bare = defineOperation({
      name: "bare",
      version: 1,
      input: z.object({}),
      dependsOn: {},
      queueable: false,
      execute: () => "fresh",
    });
    const { runtime, put } = await running({}, [read, write, bare]);
    put(emergency);
    const stale = { status: "completed", value: "stale", source: "fallback" };
    expect(await runtime.submit(read, {}, { priority: "normal" })).toMatchObject(stale);
    expect(await runtime.submit(read, {}, { priority: "low" })).toMatchObject(stale);
    expect(await runtime.submit(write, {}, { priority: "low" })).toMatchObject(stale);
    expect(heard).toEqual([cause, cause, cause]);
    expect(await runtime.submit(bare, {}, { priority: "normal" })).toMatchObject({ status: "refused", reason: "shed" });
    expect(await runtime.submit(read, {}, { priority: "critical" })).toMatchObject({ source: "execution" });
  });
});

describe("the factors of a policy", () => {
  it("batch 0 is one at a time: no batch, no run of several", async () => {
    const { runtime, put, batched, batches } = await running();
    put(says({ normal: "queue" }));
    await Promise.all(Array.from({ length: 60 }, (_, number) => runtime.enqueue(batched, { number })));
    put({ ...says({}), batchFactor: 0 });
    await until("the backlog to be executed", () => runtime.status().ended.completed === 60);
    expect(Math.max(...batches.map(({ length }) => length))).toBe(1);
    put({ ...says({ normal: "queue" }), batchFactor: 1 });
    await Promise.all(Array.from({ length: 60 }, (_, number) => runtime.enqueue(batched, { number })));
    put({ ...says({}), batchFactor: 1 });
    await until("the second backlog", () => runtime.status().ended.completed === 120);
    expect(Math.max(...batches.map(({ length }) => length))).toBeGreaterThan(1);
  });

  it("concurrency counts at once, downwards too, with calls in flight", async () => {
    const { runtime, put, search } = await running({ concurrency: { slowStartMs: 0, limit: 8 } });
    const ends: (() => void)[] = [];
    const called = Array.from({ length: 8 }, () =>
      runtime.call(search, () => new Promise<void>((resolve) => ends.push(resolve))),
    );
    put({ concurrencyFactor: 0.5 });
    const measured = () => runtime.status().dependencies.find(({ name }) => name === "search");
    expect(measured()).toMatchObject({ inUse: 8, limit: 4, configuredLimit: 8 });
    for (const end of ends.slice(0, 4)) end();
    await Promise.all(called.slice(0, 4));
    expect(await runtime.call(search, () => 1)).toMatchObject({ status: "refused", reason: "overloaded" });
    ends[4]!();
    await called[4];
    expect(await runtime.call(search, () => 1)).toMatchObject({ status: "completed" });
    for (const end of ends.slice(5)) end();
    await Promise.all(called);
  });

  it("the attempt's time is stretched for attempts that begin from then on", async () => {
    const { runtime, put, search } = await running();
    const hangs = () => runtime.call(search, () => new Promise(() => {}), { attemptTimeoutMs: 20 });
    const begun = hangs();
    put({ attemptTimeoutFactor: 3 });
    const message = async (call: ReturnType<typeof hangs>) => {
      const outcome = await call;
      return outcome.status === "failed" ? outcome.error.message : outcome.status;
    };
    expect(await message(begun)).toContain("20 ms");
    expect(await message(hangs())).toContain("60 ms");
  });
});
