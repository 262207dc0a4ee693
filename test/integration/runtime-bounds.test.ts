import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import {
  type AnyOperationDefinition,
  createRuntime,
  defineOperation,
  type PartialRuntimeConfig,
  type Runtime,
} from "../../src/index.ts";
import { embeddedGraph } from "../../src/graph/embedded/index.ts";
import { faultyGraph } from "../../src/testing/index.ts";
import { LEDGER_NODES, readJournal, temporaryFolder, until } from "../support/ledger.ts";

const QUICK: PartialRuntimeConfig = {
  breaker: { initialBreakMs: 50, maximumBreakMs: 200 },
  concurrency: { slowStartMs: 0 },
};

function parts() {
  const folder = temporaryFolder();
  const faulty = faultyGraph(embeddedGraph({ file: join(folder, "graph.db"), nodes: LEDGER_NODES }));
  return { dataDirectory: join(folder, "data"), faulty };
}

async function running(
  dataDirectory: string,
  operations: readonly AnyOperationDefinition[],
  config: PartialRuntimeConfig,
): Promise<Runtime> {
  const runtime = await createRuntime({ dataDirectory, operations, config: { ...QUICK, ...config } });
  onTestFinished(() => runtime.stop());
  return runtime;
}

describe("invariant 12: every buffer has a bound, and a rule for when it is full", () => {
  it("refuses submits above the pending limit as overloaded, and takes them again when others were answered", async () => {
    const { dataDirectory, faulty } = parts();
    const gate = Promise.withResolvers<void>();
    const waits = defineOperation({
      name: "ledger.wait",
      version: 1,
      input: z.object({}),
      dependsOn: { graph: faulty.dependency },
      execute: () => gate.promise,
    });
    const runtime = await running(dataDirectory, [waits], { queue: { maximumPendingSubmits: 10 } });
    const pending = Array.from({ length: 10 }, () => runtime.submit(waits, {}));
    expect(await runtime.submit(waits, {})).toMatchObject({
      status: "refused",
      reason: "overloaded",
      retryable: true,
      retryAfterSeconds: 1,
    });
    gate.resolve();
    expect((await Promise.all(pending)).every(({ status }) => status === "completed")).toBe(true);
    expect(await runtime.submit(waits, {})).toMatchObject({ status: "completed" });
  });

  it("refuses with queue_full when the queue holds as many rows as it may, and drops nothing that was accepted", async () => {
    const { dataDirectory, faulty } = parts();
    const note = defineOperation({
      name: "ledger.note",
      version: 1,
      input: z.object({ n: z.number() }),
      dependsOn: { graph: faulty.dependency },
      execute: () => {},
    });
    faulty.cut();
    const runtime = await running(dataDirectory, [note], { queue: { maximumRows: 20 } });
    const outcomes = [];
    for (let n = 0; n < 25; n++) outcomes.push(await runtime.submit(note, { n }));
    expect(outcomes.filter(({ status }) => status === "queued")).toHaveLength(20);
    expect(outcomes.at(-1)).toMatchObject({ status: "refused", reason: "queue_full", retryable: true });
    faulty.restore();
    await until("the twenty to be executed", () => readJournal(dataDirectory).ended.length === 20);
    expect(await runtime.submit(note, { n: 99 })).toMatchObject({ status: "completed" });
  });

  it("refuses with queue_full above the bytes that may wait", async () => {
    const { dataDirectory, faulty } = parts();
    const note = defineOperation({
      name: "ledger.note",
      version: 1,
      input: z.object({ text: z.string() }),
      dependsOn: { graph: faulty.dependency },
      execute: () => {},
    });
    faulty.cut();
    const runtime = await running(dataDirectory, [note], { queue: { maximumBytes: 50_000 } });
    const outcomes = [];
    for (let n = 0; n < 8; n++) outcomes.push(await runtime.submit(note, { text: "x".repeat(10_000) }));
    expect(outcomes.filter(({ status }) => status === "queued").length).toBeLessThanOrEqual(5);
    expect(outcomes.at(-1)).toMatchObject({ status: "refused", reason: "queue_full" });
  });

  it("stops accepting with storage_full below the free disk that ends need", async () => {
    const { dataDirectory, faulty } = parts();
    const note = defineOperation({
      name: "ledger.note",
      version: 1,
      input: z.object({}),
      dependsOn: { graph: faulty.dependency },
      execute: () => {},
    });
    const runtime = await running(dataDirectory, [note], { queue: { minimumFreeDiskBytes: Number.MAX_SAFE_INTEGER } });
    expect(await runtime.submit(note, {})).toMatchObject({
      status: "refused",
      reason: "storage_full",
      retryable: true,
    });
  });

  it("holds a definition of which too many handlers go on after their timeout, and lets it go on when they settle", async () => {
    const { dataDirectory, faulty } = parts();
    const gate = Promise.withResolvers<void>();
    let hang = true;
    const hangs = defineOperation({
      name: "ledger.hang",
      version: 1,
      input: z.object({ n: z.number() }),
      dependsOn: { graph: faulty.dependency },
      attemptTimeoutMs: 30,
      retry: { maximumAttempts: 1 },
      execute: async () => {
        if (hang) await gate.promise;
      },
    });
    const other = defineOperation({
      name: "ledger.other",
      version: 1,
      input: z.object({}),
      dependsOn: { graph: faulty.dependency },
      execute: () => "fine",
    });
    const runtime = await running(dataDirectory, [hangs, other], {
      operations: { maximumAbandonedRuns: 2 },
      concurrency: { slowStartMs: 0, abandonAfterMs: 20 },
    });
    await Promise.all([1, 2, 3].map((n) => runtime.submit(hangs, { n })));
    hang = false;
    // All three have been told; their handlers are counted as abandoned in the turn after.
    await new Promise((resolve) => setTimeout(resolve, 50));
    const held = await runtime.submit(hangs, { n: 4 }, { answerWithinMs: 300 });
    expect(held.status).toBe("queued");
    await until("it to be held", () => runtime.status().queue.counts.held === 1);
    expect(await runtime.submit(other, {})).toMatchObject({ status: "completed", value: "fine" });
    gate.resolve();
    await until("it to be executed", () =>
      readJournal(dataDirectory).ended.some(({ outcome, sequence }) => outcome === "completed" && sequence === 4),
    );
  });

  it("answers every one of a thousand calls in flight, live ones before the backlog, the backlog not starved", async () => {
    const { dataDirectory, faulty } = parts();
    const order: string[] = [];
    const note = defineOperation({
      name: "ledger.note",
      version: 1,
      input: z.object({ kind: z.string(), n: z.number() }),
      dependsOn: { graph: faulty.dependency },
      execute: async ({ input }) => {
        order.push(input.kind);
        await new Promise((resolve) => setTimeout(resolve, 1));
      },
    });
    faulty.cut();
    const runtime = await running(dataDirectory, [note], { concurrency: { limit: 16, slowStartMs: 0 } });
    await Promise.all(Array.from({ length: 500 }, (_, n) => runtime.submit(note, { kind: "backlog", n })));
    faulty.restore();
    await until(
      "the breaker to close",
      () => runtime.status().control.policy.dependencies["graph"]?.decision === "run",
    );
    const live = await Promise.all(
      Array.from({ length: 500 }, (_, n) => runtime.submit(note, { kind: "live", n }, { answerWithinMs: 20_000 })),
    );
    expect(live.every(({ status }) => status === "completed")).toBe(true);
    await until("the backlog to be drained", () => readJournal(dataDirectory).ended.length === 1_000);
    const whenLiveWasDone = order.lastIndexOf("live");
    expect(order.slice(0, whenLiveWasDone).filter((kind) => kind === "backlog").length).toBeGreaterThan(10);
  });
});
