import { hostname } from "node:os";
import { join } from "node:path";
import SQLite from "better-sqlite3";
import { StorageError } from "../errors.ts";

/** Who holds a data directory. */
export interface Holder {
  readonly pid: number;
  readonly host: string;
  /** Wall time, milliseconds since 1970. */
  readonly since: number;
}

export interface DataDirectoryLock {
  release(): void;
}

/** A holder writes its name and takes the lock again; another one may come in between, once. */
const ATTEMPTS = 20;

/**
 * One runtime per data directory. The lock is a write transaction that is never committed, on a small database beside
 * the journal: the operating system gives it back when the process dies, however it dies, so there is no stale lock.
 * In WAL mode a second opener can read who holds it. It works between processes of one machine and within a process.
 */
export function lockDataDirectory(directory: string, now: number): DataDirectoryLock {
  const path = join(directory, "lock.db");
  const connection = new SQLite(path, { timeout: 0 });
  try {
    take(connection, now);
  } catch (error) {
    const holder = isBusy(error) ? readHolder(connection) : undefined;
    connection.close();
    if (!isBusy(error)) throw new StorageError("storage_failed", `${path} could not be locked`, { cause: error });
    throw new StorageError("data_directory_in_use", describe(directory, holder), { retryable: true });
  }
  return {
    release() {
      if (connection.inTransaction) connection.exec("ROLLBACK");
      connection.close();
    },
  };
}

function take(connection: SQLite.Database, now: number): void {
  for (let attempt = 1; ; attempt += 1) {
    try {
      connection.pragma("journal_mode = WAL");
      connection.exec("BEGIN IMMEDIATE");
      connection.exec(
        "CREATE TABLE IF NOT EXISTS holder (id INTEGER PRIMARY KEY, pid INTEGER, host TEXT, since INTEGER) STRICT",
      );
      connection.prepare("INSERT OR REPLACE INTO holder VALUES (1, ?, ?, ?)").run(process.pid, hostname(), now);
      connection.exec("COMMIT; BEGIN IMMEDIATE");
      return;
    } catch (error) {
      if (connection.inTransaction) connection.exec("ROLLBACK");
      if (!isBusy(error) || attempt === ATTEMPTS) throw error;
      // Held for good, or only while its holder writes its name? Only the first keeps it.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}

function readHolder(connection: SQLite.Database): Holder | undefined {
  try {
    return connection.prepare<[], Holder>("SELECT pid, host, since FROM holder WHERE id = 1").get();
  } catch {
    return undefined;
  }
}

function describe(directory: string, holder: Holder | undefined): string {
  const who =
    holder === undefined
      ? "another runtime"
      : `process ${holder.pid} on ${holder.host}, since ${new Date(holder.since).toISOString()}`;
  return `the data directory ${directory} is in use by ${who}: one runtime owns a data directory; stop it, or submit through its client`;
}

function isBusy(error: unknown): boolean {
  return typeof error === "object" && error !== null && "code" in error && String(error.code).startsWith("SQLITE_BUSY");
}
