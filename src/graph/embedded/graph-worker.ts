import { parentPort, workerData } from "node:worker_threads";
import { describeFailure } from "./describe-failure.ts";
import { GraphEngine } from "./graph-engine.ts";
import type { AnswerMessage, RequestMessage, WorkerSettings } from "./messages.ts";

/* The entry of the graph's worker thread: answers one request after the other, in the order of their arrival. */

if (parentPort === null) throw new Error("graph-worker is started by embeddedGraph, as a worker thread");
const port = parentPort;
const settings = workerData as WorkerSettings;

let engine: GraphEngine | undefined;

port.on("message", (message: RequestMessage) => {
  let answer: AnswerMessage;
  try {
    answer = { id: message.id, ok: true, value: carryOut(message) };
  } catch (error) {
    answer = { id: message.id, ok: false, failure: describeFailure(error, "none") };
  }
  port.postMessage(answer);
  if (message.kind === "close") port.close();
});

function carryOut(message: RequestMessage): unknown {
  if (message.kind === "close") {
    engine?.close();
    return null;
  }
  // Opened with the first request, and tried again with the next: a file that cannot be opened now may be later.
  engine ??= new GraphEngine(settings);
  switch (message.kind) {
    case "batch":
      return engine.batch(message.jobs);
    case "matchNodes":
      return engine.matchNodes(message.match, message.receipt);
    case "matchRelationships":
      return engine.matchRelationships(message.match, message.receipt);
    case "find":
      return message.receipts.map((receipt) => engine?.find(receipt));
    case "probe":
      engine.probe();
      return null;
  }
}
