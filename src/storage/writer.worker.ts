import { parentPort, workerData } from "node:worker_threads";
import type { WriterOpened, WriterOptions, WriterReply, WriterRequest } from "./protocol.ts";
import { toStorageFailure } from "./storage-failure.ts";
import { Writer } from "./writer/writer.ts";

/** How long nothing must have come before the write-ahead log is moved into the database. */
const IDLE_MS = 100;

const port = parentPort;
if (port === null) throw new Error("writer.worker.ts runs as a worker thread");
const options = workerData as WriterOptions;

function open(): Writer | undefined {
  try {
    const writer = new Writer(options);
    port?.postMessage(writer.opened satisfies WriterOpened);
    return writer;
  } catch (error) {
    port?.postMessage({ failed: toStorageFailure(error, options.path) } satisfies WriterOpened);
    return undefined;
  }
}

const writer = open();
if (writer === undefined) port.close();
else {
  let quiet = 0;
  const checkpointWhenIdle = setInterval(() => {
    quiet += 1;
    if (quiet !== 1) return;
    try {
      writer.checkpoint();
    } catch {
      // Nothing is lost by it, and the next commit meets and reports the same trouble.
    }
  }, IDLE_MS).unref();

  port.on("message", (request: WriterRequest) => {
    if ("close" in request) {
      clearInterval(checkpointWhenIdle);
      writer.close(request.close.now);
      port.close();
      return;
    }
    quiet = -1;
    let reply: WriterReply;
    try {
      reply = { done: writer.apply(request.batch) };
    } catch (error) {
      reply = { failed: toStorageFailure(error, options.path) };
    }
    port.postMessage(reply);
  });
}
