import { join } from "node:path";
import { onTestFinished } from "vitest";
import { z } from "zod";
import type { Dependency, DependencyConnection, OnceBatchRequest } from "../../src/dependencies/dependency.ts";
import { embeddedGraph } from "../../src/graph/embedded/index.ts";
import type { GraphTransaction } from "../../src/graph/graph-store.ts";
import {
  type AnyOperationDefinition,
  createRuntime,
  defineOperation,
  type PartialRuntimeConfig,
  type Runtime,
} from "../../src/index.ts";
import { type FaultyGraph, type FaultyGraphOptions, faultyGraph } from "../../src/testing/index.ts";
import { LEDGER_NODES, readEmbeddedLedger, readJournal, temporaryFolder } from "./ledger.ts";

/** Short pauses, so that a test waits for events and not for defaults made for production. */
export const QUICK: PartialRuntimeConfig = {
  breaker: { initialBreakMs: 50, maximumBreakMs: 200, probeTimeoutMs: 1_000 },
  operations: { retry: { maximumAttempts: 8, initialPauseMs: 10, maximumPauseMs: 50 } },
  concurrency: { slowStartMs: 0 },
};

/** What went through a graph's port, counted by wrapping it. */
export interface Transactions {
  /** Commits of one operation, and of batches with their items. */
  single: number;
  readonly batches: number[];
}

type LedgerTransaction = GraphTransaction<typeof LEDGER_NODES>;

/** A graph, of which every transaction that commits is counted. */
function counted(graph: Dependency<LedgerTransaction>, transactions: Transactions): Dependency<LedgerTransaction> {
  return {
    ...graph,
    connect(context) {
      const inner = graph.connect(context);
      const receipts = inner.receipts!;
      const connection: DependencyConnection<LedgerTransaction> = {
        probe: (timeoutMs) => inner.probe(timeoutMs),
        reconnect: () => inner.reconnect(),
        close: () => inner.close(),
        classify: (error) => inner.classify(error),
        handle: (attempt) => inner.handle(attempt),
        receipts: {
          once: async (request, work) => {
            const result = await receipts.once(request, work);
            transactions.single += 1;
            return result;
          },
          onceBatch: async (request: OnceBatchRequest, work) => {
            const result = await receipts.onceBatch(request, work);
            transactions.batches.push(request.items.length);
            return result;
          },
          fence: (receipt, timeoutMs) => receipts.fence(receipt, timeoutMs),
          find: (keys, timeoutMs) => receipts.find(keys, timeoutMs),
          purge: (keys, timeoutMs) => receipts.purge(keys, timeoutMs),
        },
      };
      return connection;
    },
  };
}

export interface BatchedLedgerOptions extends FaultyGraphOptions {
  readonly maximumBatchItems?: number;
  readonly onDeadLetter?: "park" | "skip";
  readonly attemptTimeoutMs?: number;
  /** Called by both handlers before they write. */
  readonly before?: (numbers: readonly number[]) => void | Promise<void>;
}

/** Turned away by the graph wherever a number stands before it: a list holds values of one type. */
export const POISON = 666;

/** Appends numbers to lists, singly or in batches; `POISON` is turned away. */
export function batchedLedger(options: BatchedLedgerOptions = {}) {
  const folder = temporaryFolder();
  const file = join(folder, "graph.db");
  const dataDirectory = join(folder, "data");
  const transactions: Transactions = { single: 0, batches: [] };
  const faulty: FaultyGraph<LedgerTransaction> = faultyGraph(
    counted(embeddedGraph({ file, nodes: LEDGER_NODES }), transactions),
    options,
  );
  const { maximumBatchItems, onDeadLetter, attemptTimeoutMs, before } = options;
  const rowOf = ({ lane, number }: { lane: string; number: number }) => ({
    key: lane,
    property: "numbers",
    values: [number === POISON ? "poison" : number],
  });
  const append = defineOperation({
    name: "ledger.append",
    version: 1,
    input: z.object({ lane: z.string(), number: z.number().int() }),
    dependsOn: { graph: faulty.dependency },
    orderingKey: ({ lane }) => `ledger:${lane}`,
    ...(maximumBatchItems !== undefined && { maximumBatchItems }),
    ...(onDeadLetter !== undefined && { onDeadLetter }),
    ...(attemptTimeoutMs !== undefined && { attemptTimeoutMs }),
    execute: async ({ input, graph }) => {
      await before?.([input.number]);
      await graph.append("Lane", [rowOf(input)]);
      return { appended: input.number };
    },
    executeBatch: async ({ items, graph }) => {
      await before?.(items.map(({ input }) => input.number));
      await graph.append(
        "Lane",
        items.map(({ input }) => rowOf(input)),
      );
      return items.map(({ input }) => ({ appended: input.number }));
    },
  });
  return {
    folder,
    file,
    dataDirectory,
    faulty,
    append,
    transactions,
    lanes: () => readEmbeddedLedger(file),
    journal: () => readJournal(dataDirectory),
  };
}

export async function running(
  dataDirectory: string,
  operations: readonly AnyOperationDefinition[],
  config: PartialRuntimeConfig = QUICK,
): Promise<Runtime> {
  const runtime = await createRuntime({ dataDirectory, operations, config: { ...QUICK, ...config } });
  onTestFinished(() => runtime.stop());
  return runtime;
}

/** A runtime that has accepted all of these, in this order, while its graph is cut off; `restore` lets it drain them. */
export async function holdingBacklog(
  ledger: ReturnType<typeof batchedLedger>,
  rows: readonly { readonly lane: string; readonly number: number }[],
  config: PartialRuntimeConfig = QUICK,
): Promise<Runtime> {
  ledger.faulty.cut();
  const runtime = await running(ledger.dataDirectory, [ledger.append], config);
  const outcomes = await runtime.submitMany(ledger.append, rows);
  if (!outcomes.every(({ status }) => status === "queued")) throw new Error("not all were queued");
  return runtime;
}
