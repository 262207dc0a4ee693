import { connect } from "node:net";
import { BroadcastChannel } from "node:worker_threads";
import { createRuntime, defineOperation, dependency } from "../../src/index.ts";
import { embeddedGraph } from "../../src/graph/embedded/index.ts";
import { serveRuntime } from "../../src/surface/server/index.ts";
import { faultyGraph } from "../../src/testing/index.ts";
import { z } from "zod";
import { HOLD_CHANNEL } from "./campaign/messages.ts";
import type { ServedCommand, ServedMessage, ServedSettings } from "./served-messages.ts";

/*
 * A service behind HTTP that tests kill. Its parent plants what its sensors read and cuts off its graph; everything
 * else is asked from outside, over HTTP and in the files that it leaves behind.
 */

const settings = JSON.parse(process.argv[2] ?? "{}") as ServedSettings;
const tell = (message: ServedMessage): void => void process.send?.(message);
let { readings } = settings;

const faulty = faultyGraph(embeddedGraph({ file: settings.graphFile, nodes: { Lane: { key: "id" } } }));
if (settings.startsCut === true) faulty.cut();

const append = defineOperation({
  name: "ledger.append",
  version: 1,
  input: z.object({ lane: z.string(), number: z.number().int() }),
  dependsOn: { graph: faulty.dependency },
  orderingKey: ({ lane }) => `ledger:${lane}`,
  execute: async ({ input: { lane, number }, graph }) => {
    if (number === settings.standsAt) {
      tell({ kind: "stands", number });
      await new Promise(() => {});
    }
    await graph.append("Lane", [{ key: lane, property: "numbers", values: [number] }]);
    return number;
  },
});

/** One line to the till, and its answer. */
const ring = (text: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(settings.tillPort ?? 0, "127.0.0.1", () => socket.write(`${text}\n`));
    socket.once("data", (answer) => resolve(answer.toString()));
    socket.once("error", reject).once("close", () => reject(new Error("the till hung up")));
    socket.once("data", () => socket.destroy());
  });

const till = dependency({ name: "till", probe: () => ring("probe") });
const sale = defineOperation({
  name: "till.sale",
  version: 1,
  input: z.object({ number: z.number().int() }),
  dependsOn: { till },
  orderingKey: () => "till",
  execute: async ({ input: { number }, till: counter }) => {
    await counter.call(() => ring(`sale ${number}`));
  },
});

const server = await serveRuntime({
  port: settings.port,
  stopOn: [],
  authentication: "none",
  runtime: () =>
    createRuntime({
      dataDirectory: settings.dataDirectory,
      operations: settings.tillPort === undefined ? [append] : [append, sale],
      config: settings.config,
      sensors: {
        memory: () => readings.memory,
        errorRate: () => readings.errorRate,
        slowOperations: () => readings.slowOperations,
        queueDepth: () => readings.queueDepth,
        eventLoopDelayMs: () => readings.eventLoopDelayMs,
        storageLost: () => readings.storageLost,
      },
    }),
});
server.runtime.on("transition", ({ machine, to }) => tell({ kind: "transition", machine, to }));

const otherThreads = new BroadcastChannel(HOLD_CHANNEL);
process.on("message", (command: ServedCommand) => {
  switch (command.kind) {
    case "readings":
      ({ readings } = command);
      break;
    case "cut":
      faulty.cut();
      break;
    case "restore":
      faulty.restore();
      break;
    case "holdCommits":
      otherThreads.postMessage("journal.beforeCommit");
      break;
  }
});
