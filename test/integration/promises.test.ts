import { readFileSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import Database from "better-sqlite3";
import { describe, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { embeddedGraph } from "../../src/graph/embedded/index.ts";
import { neo4j } from "../../src/graph/neo4j/index.ts";
import {
  type AnyOperationDefinition,
  createRuntime,
  defineOperation,
  HandlerError,
  type Logger,
  type PartialRuntimeConfig,
  type Runtime,
} from "../../src/index.ts";
import { faultyGraph } from "../../src/testing/index.ts";
import { heapBytes } from "../support/heap-bytes.ts";
import { LEDGER_NODES, readJournal, temporaryFolder, until } from "../support/ledger.ts";

/** Promises that are kept at the public door and have no file of their own. `npm run faults` breaks each of them. */
const QUICK: PartialRuntimeConfig = {
  breaker: { initialBreakMs: 50, maximumBreakMs: 200, probeTimeoutMs: 1_000 },
  operations: { retry: { maximumAttempts: 8, initialPauseMs: 10, maximumPauseMs: 50 } },
  concurrency: { slowStartMs: 0 },
};

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function parts() {
  const folder = temporaryFolder();
  const faulty = faultyGraph(embeddedGraph({ file: join(folder, "graph.db"), nodes: LEDGER_NODES }));
  const append = defineOperation({
    name: "ledger.append",
    version: 1,
    input: z.object({ lane: z.string(), number: z.number().int() }),
    dependsOn: { graph: faulty.dependency },
    orderingKey: ({ lane }) => lane,
    execute: ({ input, graph }) =>
      graph.append("Lane", [{ key: input.lane, property: "numbers", values: [input.number] }]),
  });
  return { dataDirectory: join(folder, "data"), faulty, append };
}

async function running(
  dataDirectory: string,
  operations: readonly AnyOperationDefinition[],
  options: { readonly config?: PartialRuntimeConfig; readonly logger?: Logger } = {},
): Promise<Runtime> {
  const runtime = await createRuntime({ dataDirectory, operations, config: QUICK, ...options });
  onTestFinished(() => runtime.stop());
  return runtime;
}

/** Everything that a runtime says to logs and listeners, as text with every error's message and cause in it. */
function listening() {
  const said: string[] = [];
  const hear = (...parts: readonly unknown[]): void => void said.push(inspect(parts, { depth: 20 }));
  const logger: Logger = { debug: hear, info: hear, warn: hear, error: hear };
  return {
    logger,
    hear,
    listen(runtime: Runtime) {
      for (const name of ["policy", "transition", "page"] as const) runtime.on(name, (event) => hear(name, event));
    },
    text: () => said.join("\n"),
  };
}

describe("invariant 1, nothing lost", () => {
  test("nobody is told `queued` while the disk cannot commit", async () => {
    const { dataDirectory, faulty, append } = parts();
    faulty.cut();
    const runtime = await running(dataDirectory, [append]);
    const other = new Database(join(dataDirectory, "journal.db"));
    onTestFinished(() => void other.close());
    other.exec("BEGIN IMMEDIATE");
    const outcome = runtime.enqueue(append, { lane: "a", number: 1 });
    const early = await Promise.race([outcome, pause(100)]);
    expect(early).toBeUndefined();
    other.exec("ROLLBACK");
    expect(await outcome).toMatchObject({ status: "queued" });
    expect(readJournal(dataDirectory).waiting).toHaveLength(1);
  });

  test("an interruption is not an attempt: what the process took down with it keeps all of its attempts", async () => {
    const { dataDirectory, faulty } = parts();
    let executions = 0;
    const unsteady = defineOperation({
      name: "ledger.unsteady",
      version: 1,
      input: z.object({}),
      dependsOn: { graph: faulty.dependency },
      retry: { maximumAttempts: 2 },
      execute: () => {
        executions += 1;
        if (executions === 1) throw new HandlerError("not_yet", "Not yet.", { retryable: true });
      },
    });
    faulty.cut();
    const first = await running(dataDirectory, [unsteady]);
    await first.enqueue(unsteady, {});
    await first.stop();
    // As two processes leave it that died while it ran.
    const file = new Database(join(dataDirectory, "journal.db"));
    file.exec("UPDATE operation SET interruptions = 2");
    file.close();
    faulty.restore();
    const second = await running(dataDirectory, [unsteady]);
    const dead = (): number => second.status().queue.counts.dead;
    await until("it to end", () => dead() === 1 || readJournal(dataDirectory).ended.length === 1);
    expect(dead(), "dead letters").toBe(0);
    expect(readJournal(dataDirectory).ended).toMatchObject([{ outcome: "completed", attempts: 2 }]);
  });
});

describe("invariant 10, nothing sensitive leaves", () => {
  test("neither logs, events, statuses nor the journal carry the password of a graph that cannot be reached", async () => {
    const password = "correct-horse-battery";
    const dataDirectory = join(temporaryFolder(), "data");
    const note = defineOperation({
      name: "ledger.note",
      version: 1,
      input: z.object({}),
      dependsOn: { graph: neo4j({ uri: "bolt://127.0.0.1:1", username: "neo4j", password, nodes: LEDGER_NODES }) },
      execute: ({ graph }) => graph.mergeNodes("Lane", [{ id: "a" }]),
    });
    const { logger, hear, listen, text } = listening();
    const runtime = await running(dataDirectory, [note], { logger });
    listen(runtime);
    await until("a second probe to fail", () => (runtime.status().control.breakers[0]?.probesFailed ?? 0) > 1);
    hear(await runtime.submit(note, {}), runtime.status());
    await runtime.stop();
    expect(text()).toContain("graph");
    expect(text()).not.toContain(password);
    for (const file of ["journal.db", "journal.db-wal"])
      expect(readIfThere(join(dataDirectory, file))).not.toContain(password);
  });

  test("neither logs, events, statuses nor the audit carry an input", async () => {
    const card = "4111-1111-1111-1111";
    const { dataDirectory, faulty } = parts();
    const pay = defineOperation({
      name: "ledger.pay",
      version: 1,
      input: z.object({ card: z.string().max(30), fails: z.boolean() }),
      dependsOn: { graph: faulty.dependency },
      orderingKey: ({ card: key }) => key,
      idempotencyKey: ({ card: key, fails }) => `${key}/${fails}`,
      execute: async ({ input, graph }) => {
        await graph.append("Lane", [{ key: "a", property: "numbers", values: [1] }]);
        if (input.fails) throw new Error("the card was not taken");
      },
    });
    const { logger, hear, listen, text } = listening();
    const runtime = await running(dataDirectory, [pay], { logger });
    listen(runtime);
    hear(await runtime.submit(pay, { card, fails: false }));
    hear(await runtime.submit(pay, { card: card.repeat(3), fails: false }));
    faulty.cut();
    await runtime.enqueue(pay, { card: `${card} `, fails: false });
    await runtime.enqueue(pay, { card, fails: true });
    await until("the outage to be noticed", () => runtime.status().control.breakers[0]?.state !== "closed");
    faulty.restore();
    await until("the dead letter", () => runtime.status().queue.counts.dead === 1);
    hear(runtime.status());
    const journal = new Database(join(dataDirectory, "journal.db"), { readonly: true });
    hear(journal.prepare("SELECT * FROM audit").all(), journal.prepare("SELECT * FROM transition").all());
    hear(journal.prepare("SELECT * FROM machine_record").all());
    journal.close();
    expect(text()).toContain("ended");
    expect(text()).not.toContain(card);
  });
});

describe("invariant 11, one configuration at a time", () => {
  test("nobody can change it once the runtime has it", async () => {
    const { dataDirectory, append } = parts();
    const given = { breaker: { consecutiveFailures: 7 }, stopWithinMs: 1_000 };
    const runtime = await running(dataDirectory, [append], { config: given });
    given.breaker.consecutiveFailures = 1;
    given.stopWithinMs = 1;
    expect(runtime.config).toMatchObject({ breaker: { consecutiveFailures: 7 }, stopWithinMs: 1_000 });
    const change = (group: object): void => {
      const [name] = Object.keys(group);
      expect(() => Object.assign(group, { [name!]: 1 })).toThrow(TypeError);
    };
    change(runtime.config);
    for (const group of Object.values(runtime.config)) if (typeof group === "object") change(group as object);
    change(runtime.config.operations.retry);
  });
});

describe("invariant 12, bounded", () => {
  test("memory does not grow with the number of lanes", async () => {
    const { dataDirectory, faulty, append } = parts();
    faulty.cut();
    const runtime = await running(dataDirectory, [append]);
    const queueOver = async (from: number, to: number): Promise<void> => {
      for (let number = from; number < to; number += 1_000)
        await runtime.submitMany(
          append,
          Array.from({ length: 1_000 }, (_, index) => ({ lane: `lane-${number + index}`, number })),
        );
    };
    await queueOver(0, 10_000);
    const before = heapBytes();
    await queueOver(10_000, 40_000);
    const bytesPerLane = (heapBytes() - before) / 30_000;
    expect(runtime.status().queue.counts).toMatchObject({ ready: 40_000 });
    // An entry of a Map takes at least 28 bytes.
    expect(bytesPerLane).toBeLessThan(20);
  });
});

function readIfThere(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}
