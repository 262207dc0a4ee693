import { mkdir } from "node:fs/promises";
import type { QueueSettings, StorageSettings } from "../../config/types.ts";
import type { Journal, RunnableDefinition } from "../queue/journal.ts";
import type { Clock, Logger } from "../ports.ts";
import { lockDataDirectory } from "./data-directory-lock.ts";
import { FreeDisk } from "./free-disk.ts";
import { JournalClient } from "./journal-client.ts";
import type { AuditForm, Durability } from "./protocol.ts";
import { firstMessage, startWriter } from "./start-writer.ts";
import { toStorageError } from "./storage-failure.ts";

export { JOURNAL_FILE } from "./start-writer.ts";

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
  /** For tests: another file for the thread that writes, which ends itself at a named point. */
  readonly writerEntry?: { readonly file: string; readonly callersUrl: string };
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
  let freeDisk: FreeDisk | undefined;
  try {
    freeDisk = await FreeDisk.watch(dataDirectory);
    const worker = startWriter(options, null);
    const opened = await firstMessage(worker);
    if ("failed" in opened) throw toStorageError(opened.failed);
    // In the same turn as its first message: the thread's end must not be missed.
    return new JournalClient(options, worker, opened, lock, freeDisk);
  } catch (error) {
    freeDisk?.stop();
    lock.release();
    throw error;
  }
}
