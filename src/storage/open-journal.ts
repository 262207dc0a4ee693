import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Worker } from "node:worker_threads";
import { StorageError } from "../errors.ts";
import type { QueueSettings, StorageSettings } from "../../config/types.ts";
import type { Journal, RunnableDefinition } from "../queue/journal.ts";
import type { Clock, Logger } from "../ports.ts";
import { startThread } from "../start-thread.ts";
import { lockDataDirectory } from "./data-directory-lock.ts";
import { FreeDisk } from "./free-disk.ts";
import { JournalClient } from "./journal-client.ts";
import type { AuditForm, Durability, WriterOpened, WriterOptions } from "./protocol.ts";
import { toStorageError } from "./storage-failure.ts";

/** What the writer allocates dies with its batch: a small nursery saves tens of megabytes and costs no time. */
const YOUNG_GENERATION_MB = 4;

/** The journal's file in a data directory. */
export const JOURNAL_FILE = "journal.db";

export interface OpenJournalOptions {
  /** Made when missing. One runtime at a time. */
  readonly dataDirectory: string;
  /** Sorted names of dependencies, joined: one for each set of dependencies that operations need. */
  readonly pools: readonly string[];
  /** What can be executed. Rows of anything else are held. */
  readonly definitions: readonly RunnableDefinition[];
  readonly queue: QueueSettings;
  readonly storage: StorageSettings;
  /** Wall time, whole milliseconds. */
  readonly now: () => number;
  readonly logger: Logger;
  /** From this many interruptions a row runs in a run of its own (default 3) … */
  readonly interruptionsBeforeAlone?: number;
  /** … and at this many it is closed and becomes a dead letter (default 10). */
  readonly maximumInterruptions?: number;
  /** `none` leaves out the audit rows; for measuring what they cost. */
  readonly audit?: AuditForm;
  /** The database may not grow beyond this; then it behaves as on a full disk. No limit when absent. */
  readonly maximumDatabaseBytes?: number;
  /** For tests on a virtual clock; real timers otherwise. */
  readonly setTimer?: Clock["setTimer"];
}

export interface SqliteJournal extends Journal {
  /** What SQLite answered when it was asked how it keeps its promises. */
  readonly durability: Durability;
}

/**
 * Opens, and when missing makes, the journal of a data directory: takes the directory's lock, starts the writer
 * thread, migrates the database and returns what a dead process left running.
 *
 * Fails with a `StorageError`: `data_directory_in_use` names the holder, `database_newer` both versions,
 * `database_corrupt` the path. A file that is refused is left exactly as it was.
 */
export async function openJournal(options: OpenJournalOptions): Promise<SqliteJournal> {
  const { dataDirectory, now } = options;
  await mkdir(dataDirectory, { recursive: true });
  const lock = lockDataDirectory(dataDirectory, now());
  try {
    const worker = startWriter(options);
    const opened = await firstMessage(worker);
    if ("failed" in opened) throw toStorageError(opened.failed);
    return new JournalClient(options, worker, opened, lock, await FreeDisk.watch(dataDirectory));
  } catch (error) {
    lock.release();
    throw error;
  }
}

function startWriter(options: OpenJournalOptions): Worker {
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
  };
  return startThread("./writer.worker", import.meta.url, {
    workerData,
    name: "holdfast-writer",
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
  });
}

function firstMessage(worker: Worker): Promise<WriterOpened> {
  return new Promise((resolve, reject) => {
    const failed = (cause?: unknown): void =>
      reject(new StorageError("storage_failed", "the thread that writes the journal could not be started", { cause }));
    worker.once("message", resolve);
    worker.once("error", failed);
    worker.once("exit", () => failed());
  });
}
