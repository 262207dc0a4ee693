// node --wasm-wrapper-tiering-budget=1000000000 stripping-threads.ts DIRECTORY
//
// Starts each thread that a runtime has, in a process whose main thread holds no wrapper that its threads could share.
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { z } from "zod";
import { embeddedGraph } from "../../src/graph/embedded/index.ts";
import { createRuntime, defineOperation } from "../../src/index.ts";

const [, , directory = ""] = process.argv;
const graph = embeddedGraph({ file: join(directory, "graph.db"), nodes: { Note: { key: "id" } } });
const note = defineOperation({
  name: "note",
  version: 1,
  input: z.object({ id: z.string() }),
  dependsOn: { graph },
  execute: ({ input, graph: notes }) => notes.mergeNodes("Note", [{ id: input.id }]),
});
let threads = 0;
process.on("worker", () => void (threads += 1));
// The main thread has stripped all it needs. From here on ten calls are enough for a wrapper.
setFlagsFromString("--wasm-wrapper-tiering-budget=10");
const runtime = await createRuntime({ dataDirectory: directory, operations: [note] });
const { status } = await runtime.submit(note, { id: "a" });
await runtime.result("op_1");
await runtime.stop();
process.stdout.write(JSON.stringify({ status, threads }));
