import { access, link, mkdir, open, rm } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { MisuseError, StorageError } from "../../errors.ts";
import { startThread } from "../../start-thread.ts";
import { JOURNAL_FILE } from "../open-journal.ts";
import { toStorageError } from "../storage-failure.ts";
import type { BackupMessage, BackupWorkerOptions } from "./backup-protocol.ts";

export interface BackupOptions {
  readonly dataDirectory: string;
  /** Where the copy is to be: a file that does not exist yet. */
  readonly file: string;
  readonly onProgress?: (progress: { readonly copiedPages: number; readonly totalPages: number }) => void;
}

export interface Backup {
  /** Absolute. */
  readonly file: string;
  readonly bytes: number;
  /** Rows of each table, in the copy as in the journal at that moment. */
  readonly rows: Readonly<Record<string, number>>;
}

/**
 * Copies the journal of a data directory as it is at one moment, also while a runtime works in it: neither waits for
 * the other. The copy is read as a whole and its rows are counted before it gets its name, so what lies there is a
 * good one, or nothing. To restore it, put it into an empty folder as `journal.db`, and start with that as the data
 * directory. A graph has its own backup; what it has received twice is absorbed by its receipts.
 *
 * @throws MisuseError `file_exists`; StorageError `backup_damaged`, `storage_full`, `storage_failed`
 * @example await backupJournal({ dataDirectory: "./data", file: "./backups/monday.db" });
 */
export async function backupJournal({ dataDirectory, file, onProgress }: BackupOptions): Promise<Backup> {
  const target = resolve(file);
  const partialPath = `${target}.partial-${process.pid}`;
  await mkdir(dirname(target), { recursive: true });
  if (await exists(target)) throw fileExists(target);
  try {
    const { bytes, rows } = await copy({ path: join(dataDirectory, JOURNAL_FILE), partialPath }, onProgress);
    await giveName(partialPath, target);
    return { file: target, bytes, rows };
  } finally {
    await Promise.all(["", "-journal", "-wal", "-shm"].map((suffix) => rm(`${partialPath}${suffix}`, { force: true })));
  }
}

/** In a thread of its own: the journal's reader has other things to do. */
function copy(
  options: BackupWorkerOptions,
  onProgress: BackupOptions["onProgress"],
): Promise<Extract<BackupMessage, { done: unknown }>["done"]> {
  const worker = startThread("./backup.worker", import.meta.url, { workerData: options, name: "holdfast-backup" });
  return new Promise((resolve, reject) => {
    worker.on("message", (message: BackupMessage) => {
      if ("done" in message) resolve(message.done);
      else if ("failed" in message) reject(toStorageError(message.failed));
      else onProgress?.(message);
    });
    worker.once("error", (cause) => reject(ended(cause)));
    worker.once("exit", () => reject(ended(undefined)));
  });
}

/** A link, unlike a renaming, never takes the place of a file that came meanwhile. */
async function giveName(partialPath: string, target: string): Promise<void> {
  try {
    await link(partialPath, target);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") throw fileExists(target);
    throw error;
  }
  const folder = await open(dirname(target), "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );

const fileExists = (file: string): MisuseError =>
  new MisuseError("file_exists", `There is a file at ${file}; a backup takes no other's place. Choose another name.`);

const ended = (cause: unknown): StorageError =>
  new StorageError("backup_failed", "The thread that copies the journal has ended; try again.", {
    retryable: true,
    cause,
  });
