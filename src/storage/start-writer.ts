import { join } from "node:path";
import type { Worker } from "node:worker_threads";
import { StorageError } from "../errors.ts";
import { startThread } from "../start-thread.ts";
import type { OpenJournalOptions } from "./open-journal.ts";
import type { Resumption, WriterOpened, WriterOptions } from "./protocol.ts";

/** What the writer allocates dies with its batch: a small nursery saves tens of megabytes and costs no time. */
const YOUNG_GENERATION_MB = 4;

/** The journal's file in a data directory. */
export const JOURNAL_FILE = "journal.db";

/** Starts the thread that writes: the first of the process, or with a resumption one that takes over. */
export function startWriter(options: OpenJournalOptions, resumption: Resumption | null): Worker {
  const workerData: WriterOptions = {
    path: join(options.dataDirectory, JOURNAL_FILE),
    pools: options.pools,
    definitions: options.definitions,
    storage: options.storage,
    now: options.now(),
    interruptionsBeforeAlone: options.interruptionsBeforeAlone ?? 3,
    maximumInterruptions: options.maximumInterruptions ?? 10,
    audit: options.audit ?? "plain",
    maximumDatabaseBytes: options.maximumDatabaseBytes ?? null,
    resumption,
  };
  const { file, callersUrl } = options.writerEntry ?? { file: "./writer.worker", callersUrl: import.meta.url };
  return startThread(file, callersUrl, {
    workerData,
    name: "holdfast-writer",
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
  });
}

/** What it says when it has opened the journal, or why it has not. */
export function firstMessage(worker: Worker): Promise<WriterOpened> {
  return new Promise((resolve, reject) => {
    const failed = (cause?: unknown): void =>
      reject(new StorageError("storage_failed", "the thread that writes the journal could not be started", { cause }));
    worker.once("message", resolve);
    worker.once("error", failed);
    worker.once("exit", () => failed());
  });
}
