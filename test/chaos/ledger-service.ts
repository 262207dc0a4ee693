import { createRuntime, defineOperation, type Runtime } from "../../src/index.ts";
import { embeddedGraph } from "../../src/graph/embedded/index.ts";
import { neo4j } from "../../src/graph/neo4j/index.ts";
import { type FaultPoint, faultyGraph } from "../../src/testing/index.ts";
import { z } from "zod";
import type { LedgerCommand, LedgerMessage, LedgerSettings } from "./ledger-messages.ts";

/*
 * A service that tests kill. It appends numbers to lists in a graph, reports every outcome to its parent, and, where
 * it is told to, stops at a named point and says so, so that SIGKILL hits exactly there.
 */

const settings = JSON.parse(process.argv[2] ?? "{}") as LedgerSettings;
const tell = (message: LedgerMessage): void => void process.send?.(message);

let held = 0;
/** Reports the point and stays there for ever: the parent kills. */
const holdAt = async (point: FaultPoint | "executing", operationId: string): Promise<void> => {
  if (settings.holdAt?.point !== point) return;
  held += 1;
  if (held <= settings.holdAt.after) return;
  tell({ kind: "held", point, operationId });
  await new Promise(() => {});
};

const graph =
  settings.graph.kind === "embedded"
    ? embeddedGraph({ file: settings.graph.file, nodes: { Lane: { key: "id" } } })
    : neo4j({
        uri: settings.graph.uri,
        username: settings.graph.username,
        password: settings.graph.password,
        nodes: { [settings.graph.label]: { key: "id" } },
        receiptLabel: settings.graph.receiptLabel,
      });
const label = settings.graph.kind === "embedded" ? "Lane" : settings.graph.label;
const faulty = faultyGraph(graph, { onPoint: (point, { operationId }) => holdAt(point, operationId) });

const append = defineOperation({
  name: "ledger.append",
  version: 1,
  input: z.object({ lane: z.string(), number: z.number().int() }),
  dependsOn: { graph: faulty.dependency },
  orderingKey: ({ lane }) => `ledger:${lane}`,
  execute: async ({ input, graph: transaction, operationId, attempt }) => {
    tell({ kind: "attempt", operationId, attempt, number: input.number });
    if (input.number === settings.deadlyNumber) process.kill(process.pid, "SIGKILL");
    // Later numbers are often quicker: only the lane keeps them behind the earlier ones.
    await new Promise((resolve) => setTimeout(resolve, (input.number * 7) % 11));
    await transaction.append(label as "Lane", [{ key: input.lane, property: "numbers", values: [input.number] }]);
    await holdAt("executing", operationId);
    return input.number;
  },
  maximumBatchItems: settings.batchItems ?? 1,
  executeBatch: async ({ items, graph: transaction }) => {
    for (const { input, operationId, attempt } of items) {
      tell({ kind: "attempt", operationId, attempt, number: input.number });
      if (input.number === settings.deadlyNumber) process.kill(process.pid, "SIGKILL");
    }
    const rows = items.map(({ input }) => ({ key: input.lane, property: "numbers", values: [input.number] }));
    // In two statements, so that there is something between them.
    await transaction.append(label as "Lane", rows.slice(0, 1));
    await transaction.append(label as "Lane", rows.slice(1));
    await holdAt("executing", items[0]!.operationId);
    return items.map(({ input }) => input.number);
  },
});

if (settings.startsCut === true) faulty.cut();
const runtime: Runtime = await createRuntime({
  dataDirectory: settings.dataDirectory,
  operations: [append],
  config: {
    concurrency: { slowStartMs: 0 },
    operations: {
      attemptTimeoutMs: settings.attemptTimeoutMs ?? 10_000,
      retry: { maximumAttempts: 10, initialPauseMs: 10, maximumPauseMs: 100 },
    },
    ...settings.config,
  },
});
runtime.on("transition", ({ machine, from, to, at }) => tell({ kind: "transition", machine, from, to, at }));
tell({ kind: "ready", policy: Object.values(runtime.status().control.policy.dependencies).map(({ state }) => state) });

process.on("message", (command: LedgerCommand) => {
  switch (command.kind) {
    case "submit":
      void runtime
        .submit(
          append,
          { lane: command.lane, number: command.number },
          { answerWithinMs: command.answerWithinMs ?? 5_000, idempotencyKey: `n${command.number}` },
        )
        .then((outcome) =>
          tell({
            kind: "outcome",
            number: command.number,
            lane: command.lane,
            status: outcome.status,
            operationId: "operationId" in outcome ? outcome.operationId : "",
          }),
        );
      break;
    case "cut":
      faulty.cut();
      break;
    case "stall":
      faulty.stall();
      break;
    case "restore":
      faulty.restore();
      break;
    case "swallow":
      faulty.swallowCommitAnswers(command.count);
      break;
    case "status": {
      const { queue, ended, control } = runtime.status();
      tell({
        kind: "status",
        waiting: Object.values(queue.counts).reduce((sum, rows) => sum + rows, 0) - queue.counts.dead,
        dead: queue.counts.dead,
        replayed: ended.replayed,
        modes: control.policy.modes.map(({ mode }) => mode),
      });
      break;
    }
    case "stop":
      void runtime.stop().then(() => process.exit(0));
      break;
  }
});
