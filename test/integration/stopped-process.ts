// node stopped-process.ts DATA_DIRECTORY
//
// Runs a runtime through an outage, stops it, and says what would keep the process alive. It does not call process.exit.
import { join } from "node:path";
import { z } from "zod";
import { embeddedGraph } from "../../src/graph/embedded/index.ts";
import { createRuntime, defineOperation, dependency } from "../../src/index.ts";

const [, , dataDirectory = ""] = process.argv;
const graph = embeddedGraph({ file: join(dataDirectory, "graph.db"), nodes: { Note: { key: "id" } } });
const search = dependency({ name: "search", probe: () => {}, breaker: { consecutiveFailures: 1 } });
const note = defineOperation({
  name: "note",
  version: 1,
  input: z.object({ id: z.string() }),
  dependsOn: { graph },
  execute: ({ input, graph: notes }) => notes.mergeNodes("Note", [{ id: input.id }]),
});
const runtime = await createRuntime({ dataDirectory, operations: [note], dependencies: [search] });
await runtime.submit(note, { id: "a" });
await runtime.call(search, () => Promise.reject(new Error("down")));
const breaker = runtime.status().control.breakers.find((each) => each.dependency === "search")?.state;
await runtime.stop();
const keepAlive = (): string[] =>
  process.getActiveResourcesInfo().filter((name) => name !== "PipeWrap" && name !== "TTYWrap");
// A thread that was told to end takes a moment.
for (let turn = 0; turn < 100 && keepAlive().length > 0; turn++)
  await new Promise((resolve) => setTimeout(resolve, 10));
process.stdout.write(JSON.stringify({ breaker, keepAlive: keepAlive() }));
