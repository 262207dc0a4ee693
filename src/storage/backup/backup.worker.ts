import { fsyncSync, closeSync, openSync, statSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import SQLite from "better-sqlite3";
import { StorageError } from "../../errors.ts";
import { toStorageFailure } from "../storage-failure.ts";
import type { BackupMessage, BackupWorkerOptions } from "./backup-protocol.ts";

/** Pages between two words about how far it is: 4 MiB. */
const PAGES_A_STEP = 1_000;

const port = parentPort;
if (port === null) throw new Error("backup.worker.ts runs as a worker thread");
const { path, partialPath } = workerData as BackupWorkerOptions;
const say = (message: BackupMessage): void => port.postMessage(message);

try {
  say({ done: await copyAndCheck() });
} catch (error) {
  say({ failed: toStorageFailure(error, partialPath) });
}
port.close();

/**
 * One read transaction holds the state that is copied: what is committed meanwhile is not in the copy, makes it begin
 * anew no more than it waits for it, and does not disturb the counts that the copy is compared with.
 */
async function copyAndCheck(): Promise<Extract<BackupMessage, { done: unknown }>["done"]> {
  const source = new SQLite(path, { readonly: true, fileMustExist: true });
  try {
    source.exec("BEGIN");
    const rows = rowsOf(source);
    await source.backup(partialPath, {
      progress: ({ totalPages, remainingPages }) => {
        say({ copiedPages: totalPages - remainingPages, totalPages });
        return PAGES_A_STEP;
      },
    });
    check(rows);
    source.exec("COMMIT");
    return { bytes: statSync(partialPath).size, rows };
  } finally {
    source.close();
  }
}

/** Reads the copy as a whole, and every row of it. */
function check(expected: Readonly<Record<string, number>>): void {
  const copy = new SQLite(partialPath, { fileMustExist: true });
  try {
    // A copy is one file, without a log beside it.
    copy.pragma("journal_mode = DELETE");
    const integrity = copy.pragma("integrity_check(1)", { simple: true });
    if (integrity !== "ok")
      throw new StorageError("backup_damaged", `The copy is damaged (${String(integrity)}); it was thrown away.`);
    const found = rowsOf(copy);
    for (const [table, rows] of Object.entries(expected))
      if (found[table] !== rows)
        throw new StorageError(
          "backup_damaged",
          `The copy has ${found[table] ?? 0} rows of ${table}, the journal ${rows}; it was thrown away.`,
        );
  } finally {
    copy.close();
  }
  const file = openSync(partialPath, "r");
  fsyncSync(file);
  closeSync(file);
}

function rowsOf(database: SQLite.Database): Record<string, number> {
  const tables = database
    .prepare<[], { name: string }>("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    .all();
  return Object.fromEntries(
    tables.map(({ name }) => [
      name,
      database.prepare<[], { rows: number }>(`SELECT count(*) AS rows FROM "${name}"`).get()?.rows ?? 0,
    ]),
  );
}
