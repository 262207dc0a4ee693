import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import Database from "better-sqlite3";

export type GraphDatabase = Database.Database;

/** "hfgr": tells this file from any other SQLite database. */
const APPLICATION_ID = 0x68_66_67_72;
const VERSION = 1;

/** Long enough for a backup that holds the lock for a moment. */
const BUSY_TIMEOUT_MS = 5_000;

/** The file is not a graph of ours, or of a version this code does not know. It is never written to. */
export class UnusableFile extends Error {}

/**
 * `node.key` and `relationship.*_key` are key texts (key-text.ts); `properties` is a JSON object. The index tables
 * hold the declared `index` properties as JSON text, so that `1`, `"1"` and `true` differ.
 */
const SCHEMA = `
  CREATE TABLE node (
    id INTEGER PRIMARY KEY, label TEXT NOT NULL, key TEXT NOT NULL, properties TEXT NOT NULL,
    UNIQUE (label, key)
  ) STRICT;
  CREATE TABLE relationship (
    id INTEGER PRIMARY KEY, type TEXT NOT NULL,
    from_label TEXT NOT NULL, from_key TEXT NOT NULL, to_label TEXT NOT NULL, to_key TEXT NOT NULL,
    properties TEXT NOT NULL,
    UNIQUE (type, from_label, from_key, to_label, to_key)
  ) STRICT;
  CREATE INDEX relationship_from ON relationship (from_label, from_key);
  CREATE INDEX relationship_to ON relationship (to_label, to_key, type);
  CREATE TABLE node_index (
    label TEXT NOT NULL, property TEXT NOT NULL, value TEXT NOT NULL, node INTEGER NOT NULL,
    PRIMARY KEY (label, property, value, node)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE relationship_index (
    type TEXT NOT NULL, property TEXT NOT NULL, value TEXT NOT NULL, relationship INTEGER NOT NULL,
    PRIMARY KEY (type, property, value, relationship)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE built_index (
    owner TEXT NOT NULL, property TEXT NOT NULL, of TEXT NOT NULL,
    PRIMARY KEY (of, owner, property)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE receipt (
    operation_id TEXT NOT NULL, incarnation INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('effect', 'fence')), result TEXT, at INTEGER NOT NULL,
    PRIMARY KEY (operation_id, incarnation)
  ) STRICT, WITHOUT ROWID;
`;

/** Opens or makes the file. What was committed survives a power cut: write-ahead log, one fsync per commit. */
export function openGraphFile(file: string): GraphDatabase {
  mkdirSync(dirname(file), { recursive: true });
  const database = new Database(file, { timeout: BUSY_TIMEOUT_MS });
  try {
    checkFile(database);
    database.pragma("journal_mode = WAL");
    database.pragma("synchronous = FULL");
    database.pragma("fullfsync = ON"); // macOS; elsewhere without meaning
    database.pragma("wal_autocheckpoint = 4000");
    database.pragma("temp_store = MEMORY");
    database.transaction(createTables).immediate(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function checkFile(database: GraphDatabase): void {
  const id = database.pragma("application_id", { simple: true });
  const version = Number(database.pragma("user_version", { simple: true }));
  const tables = Number(database.prepare("SELECT count(*) FROM sqlite_schema").pluck().get());
  if (tables === 0) return;
  if (id !== APPLICATION_ID)
    throw new UnusableFile("the file is a database of something else; give the graph a file of its own");
  if (version > VERSION)
    throw new UnusableFile(`the file was written by a newer Holdfast (format ${version}, this one knows ${VERSION})`);
}

function createTables(database: GraphDatabase): void {
  if (database.pragma("user_version", { simple: true }) === VERSION) return;
  database.exec(SCHEMA);
  database.pragma(`application_id = ${APPLICATION_ID}`);
  database.pragma(`user_version = ${VERSION}`);
}
