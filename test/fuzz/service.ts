import { join } from "node:path";
import { createRuntime, defineOperation, dependency, HandlerError } from "holdfast";
import { embeddedGraph } from "holdfast/graph";
import { serveRuntime } from "holdfast/server";
import { z } from "zod";

/*
 * The service that is fuzzed, in a process of its own: a graph that works, a dependency that never does, and operations
 * that end in every way. What is secret is planted where a careless answer would tell it.
 *
 *     service.ts DATA_DIRECTORY SECRET
 */

const [folder = ".", secret = "planted"] = process.argv.slice(2);

const graph = embeddedGraph({ file: join(folder, "graph.db"), nodes: { Equipment: { key: "id" } } });
const search = dependency({
  name: "search",
  probe: async () => {
    throw new Error(`cannot reach https://admin:${secret}@search.internal/`);
  },
});

const record = defineOperation({
  name: "equipment.record",
  version: 1,
  input: z.object({ id: z.string().max(64), celsius: z.number().max(400), note: z.string().optional() }),
  dependsOn: { graph },
  orderingKey: ({ id }) => `equipment:${id}`,
  execute: async ({ input: { id, celsius }, graph: transaction }) => {
    await transaction.mergeNodes("Equipment", [{ id, celsius }]);
    return { id };
  },
});
const calibrate = defineOperation({
  name: "equipment.calibrate",
  version: 1,
  input: z.object({ id: z.string() }),
  dependsOn: { graph },
  onDeadLetter: "skip",
  execute: async () => {
    throw new HandlerError("no_reference", "The reference thermometer is missing.", {
      cause: new Error(`the thermometer's password is ${secret}`),
    });
  },
});
const find = defineOperation({
  name: "equipment.find",
  version: 1,
  input: z.object({ words: z.string() }),
  dependsOn: { search },
  execute: async () => null,
});

const fault = { id: "graph.cut", title: "Cut", explanation: "Does nothing here.", kind: "switch" as const, on: false };

const runtime = await createRuntime({
  dataDirectory: join(folder, "data"),
  operations: [record, calibrate, find],
  backupDirectory: join(folder, "backups"),
  config: {
    breaker: { initialBreakMs: 200, maximumBreakMs: 1_000, probeTimeoutMs: 500 },
    // Somebody is called soon, and has long to answer.
    incident: { pageAfterOutageMs: 500, cooldownMs: 100, pageAnswerMs: 600_000 },
  },
});
const reason = "to be fuzzed with";
const { secret: token } = await runtime.tokens.create({ name: "fuzzer", role: "admin", reason });
const { secret: viewer } = await runtime.tokens.create({ name: "onlooker", role: "viewer", reason });

const server = await serveRuntime({
  runtime,
  port: 0,
  mode: "development",
  faults: { list: () => [fault], set: (_id, value) => Object.assign(fault, { on: value === true }) },
});
console.log(JSON.stringify({ url: server.url, token, viewer }));
