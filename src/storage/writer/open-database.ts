import { randomUUID } from "node:crypto";
import SQLite from "better-sqlite3";
import type { StorageSettings } from "../../../config/types.ts";
import { migrate } from "../migrations/migrate.ts";
import type { Durability } from "../protocol.ts";
import { StorageError } from "../../errors.ts";

/** Opens the write connection. Nothing is written before the file is known to be ours and not newer than the code. */
export function openDatabase(path: string, settings: StorageSettings, maximumBytes: number | null): SQLite.Database {
  const raw = new SQLite(path, { timeout: 5_000 });
  try {
    raw.pragma("fullfsync = ON");
    raw.pragma("checkpoint_fullfsync = ON");
    raw.pragma("synchronous = FULL");
    // A multi-row statement copies every page it dirties; in a file that would double the cost of an insert.
    raw.pragma("temp_store = MEMORY");
    raw.pragma(`cache_size = -${Math.max(1, Math.round(settings.pageCacheBytes / 1_024))}`);
    migrate(raw, path);
    if (maximumBytes !== null) raw.pragma(`max_page_count = ${pagesOf(raw, maximumBytes)}`);
    raw.pragma("journal_mode = WAL");
    raw.pragma(`wal_autocheckpoint = ${Math.round(settings.walAutocheckpointPages)}`);
    const { journalMode, synchronous } = readDurability(raw);
    if (journalMode !== "wal" || synchronous !== 2)
      throw new StorageError(
        "storage_failed",
        `${path} could not be opened with a write-ahead log and full synchronisation`,
      );
    return raw;
  } catch (error) {
    raw.close();
    throw error;
  }
}

function pagesOf(raw: SQLite.Database, bytes: number): number {
  return Math.max(1, Math.floor(bytes / (raw.pragma("page_size", { simple: true }) as number)));
}

export function readDurability(raw: SQLite.Database): Durability {
  return {
    journalMode: raw.pragma("journal_mode", { simple: true }) as string,
    synchronous: raw.pragma("synchronous", { simple: true }) as number,
    fullFsync: raw.pragma("fullfsync", { simple: true }) as number,
  };
}

export const newJournalId = (): string => randomUUID();
