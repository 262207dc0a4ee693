import { StorageError } from "../errors.ts";

/** A `StorageError` as it crosses from the writer thread: structured cloning would strip the class and its fields. */
export interface StorageFailure {
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
}

/** What an error of SQLite means to those who wait. Told apart by its code, never by its words. */
export function toStorageFailure(error: unknown, path: string): StorageFailure {
  if (error instanceof StorageError) return { code: error.code, message: error.message, retryable: error.retryable };
  const code = sqliteCode(error);
  if (code === "SQLITE_FULL")
    return {
      code: "storage_full",
      message: `the disk of ${path} is full: nothing was written; make room and try again`,
      retryable: true,
    };
  if (code === "SQLITE_NOTADB" || code.startsWith("SQLITE_CORRUPT"))
    return {
      code: "database_corrupt",
      message: `${path} is damaged or not a SQLite database (${code}): it was left as it is; restore a backup or move it away`,
      retryable: false,
    };
  if (code.startsWith("SQLITE_IOERR") || code.startsWith("SQLITE_BUSY"))
    return {
      code: "storage_failed",
      message: `writing ${path} failed (${code}): nothing was written`,
      retryable: true,
    };
  const words = error instanceof Error ? error.message : String(error);
  return {
    code: "storage_failed",
    message: `writing ${path} failed: nothing was written (${code || "fault"}: ${words})`,
    retryable: false,
  };
}

export function toStorageError({ code, message, retryable }: StorageFailure): StorageError {
  return new StorageError(code, message, { retryable });
}

function sqliteCode(error: unknown): string {
  const code = typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : "";
}
