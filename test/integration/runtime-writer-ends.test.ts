import { join } from "node:path";
import { Worker } from "node:worker_threads";
import Database from "better-sqlite3";
import { describe, expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import { createRuntime, defineOperation, type Outcome, type PartialRuntimeConfig } from "../../src/index.ts";
import { embeddedGraph } from "../../src/graph/embedded/index.ts";
import { LEDGER_NODES, readEmbeddedLedger, readJournal, temporaryFolder, until } from "../support/ledger.ts";

const CALLERS = 64;
const LANES = 8;
const ENDINGS = 20;
/** Answers between one end of a thread and the next. */
const ANSWERS = 60;

const input = z.object({ lane: z.string(), number: z.number().int() });

/** The threads that write the journal and the graph, by what they are sent; the newest of each. */
function watchedThreads(): { journal?: Worker; graph?: Worker } {
  const threads: { journal?: Worker; graph?: Worker } = {};
  const { postMessage } = Worker.prototype;
  Worker.prototype.postMessage = function watched(this: Worker, ...parameters: Parameters<typeof postMessage>) {
    const [message] = parameters as readonly unknown[];
    if (typeof message === "object" && message !== null) {
      if ("batch" in message) threads.journal = this;
      else if ("jobs" in message) threads.graph = this;
    }
    postMessage.apply(this, parameters);
  };
  onTestFinished(() => void (Worker.prototype.postMessage = postMessage));
  return threads;
}

async function ledger(config: PartialRuntimeConfig = {}) {
  const folder = temporaryFolder();
  const dataDirectory = join(folder, "data");
  const file = join(folder, "graph.db");
  const graph = embeddedGraph({ file, nodes: LEDGER_NODES });
  const append = defineOperation({
    name: "ledger.append",
    version: 1,
    input,
    dependsOn: { graph },
    orderingKey: ({ lane }) => `ledger:${lane}`,
    execute: async ({ input: { lane, number }, graph: transaction }) => {
      await transaction.append("Lane", [{ key: lane, property: "numbers", values: [number] }]);
    },
  });
  const runtime = await createRuntime({
    dataDirectory,
    operations: [append],
    config: {
      storage: { maximumRestarts: 1_000, initialRestartPauseMs: 1, maximumRestartPauseMs: 5 },
      breaker: { initialBreakMs: 20, maximumBreakMs: 100 },
      operations: { retry: { maximumAttempts: 100, initialPauseMs: 5, maximumPauseMs: 20 } },
      concurrency: { slowStartMs: 0 },
      ...config,
    },
  });
  onTestFinished(() => runtime.stop());
  return { runtime, append, dataDirectory, lanes: () => readEmbeddedLedger(file) };
}

const sequenceOf = (outcome: Outcome): number =>
  "operationId" in outcome ? Number(outcome.operationId.slice("op_".length)) : 0;

describe("a thread of the store ends under load", () => {
  it.each(["journal", "graph"] as const)(
    "64 callers while the thread of the %s ends twenty times: what was answered is true, once, and in its lane's order",
    async (which) => {
      const threads = watchedThreads();
      const { runtime, append, dataDirectory, lanes } = await ledger();
      const acknowledged = new Map<number, { readonly lane: string; readonly sequence: number }>();
      const turnedAway = new Set<number>();
      const ended = new Set<Worker>();
      let answers = 0;
      let endings = 0;
      let lastNumber = 0;

      async function call(caller: number): Promise<void> {
        for (let turn = 0; endings < ENDINGS; turn += 1) {
          lastNumber += 1;
          const number = lastNumber;
          const lane = `lane-${(caller + turn) % LANES}`;
          const options = turn % 2 === 0 ? { answerWithinMs: 60_000 } : { answerWithinMs: 1 };
          const outcome = await runtime.submit(append, { lane, number }, options);
          if (outcome.status === "completed" || outcome.status === "queued") {
            acknowledged.set(number, { lane, sequence: sequenceOf(outcome) });
            // Nobody runs away from a graph that is down.
            if (outcome.status === "queued") await runtime.result(outcome.operationId, { waitMs: 5_000 });
          } else {
            expect(outcome).toMatchObject({ status: "refused", reason: "storage_unavailable", retryable: true });
            turnedAway.add(number);
            await new Promise((resolve) => setImmediate(resolve));
          }
          answers += 1;
          const thread = threads[which]!;
          if (answers < ANSWERS || endings === ENDINGS || ended.has(thread)) continue;
          answers = 0;
          endings += 1;
          ended.add(thread);
          await thread.terminate();
        }
      }

      await Promise.all(Array.from({ length: CALLERS }, (_, caller) => call(caller)));
      await until("the queue to be empty", () => readJournal(dataDirectory).waiting.length === 0, 60_000);

      const applied = [...lanes()].flatMap(([lane, numbers]) => numbers.map((number) => ({ lane, number })));
      expect(applied.map(({ number }) => number).toSorted((a, b) => a - b)).toEqual(
        [...acknowledged.keys()].toSorted((a, b) => a - b),
      );
      for (const number of turnedAway) expect(acknowledged.has(number)).toBe(false);
      for (const [, numbers] of lanes()) {
        const sequences = numbers.map((number) => acknowledged.get(number)!.sequence);
        expect(sequences).toEqual(sequences.toSorted((a, b) => a - b));
      }
      const database = new Database(join(dataDirectory, "journal.db"), { readonly: true });
      onTestFinished(() => void database.close());
      expect(database.prepare("SELECT max(attempts), count(*) FROM ended").raw().get()).toEqual([
        expect.any(Number),
        acknowledged.size,
      ]);
      expect(database.prepare("SELECT epoch FROM meta").pluck().get()).toBe(1);
      expect(runtime.status()).toMatchObject({ phase: "running", storage: "working" });
    },
    120_000,
  );

  it("beyond the limit the store is lost: submits are refused with storage_lost, a person is called, and the process lives", async () => {
    const threads = watchedThreads();
    const { runtime, append } = await ledger({ storage: { maximumRestarts: 2, initialRestartPauseMs: 1 } });
    const pages: string[] = [];
    runtime.on("page", ({ subject }) => pages.push(subject));
    for (let number = 1; number <= 3; number += 1) {
      await until(
        "an answer",
        async () => (await runtime.submit(append, { lane: "a", number })).status === "completed",
      );
      await threads.journal!.terminate();
    }
    expect(await runtime.submit(append, { lane: "a", number: 4 })).toMatchObject({
      status: "refused",
      reason: "storage_lost",
    });
    expect(runtime.status()).toMatchObject({ phase: "storage_lost", storage: "lost" });
    expect(pages).toEqual(["storage"]);
  });
});
