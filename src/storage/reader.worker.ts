import { parentPort, workerData } from "node:worker_threads";
import SQLite from "better-sqlite3";
import type { ReaderOptions, ReaderReply, ReaderRequest } from "./reader-protocol.ts";
import { toStorageFailure } from "./storage-failure.ts";

/** Prepared statements that are kept; the oldest goes first. */
const PREPARED_STATEMENTS = 128;

const port = parentPort;
if (port === null) throw new Error("reader.worker.ts runs as a worker thread");
const { path, pageCacheBytes } = workerData as ReaderOptions;

let connection: SQLite.Database | undefined;
const prepared = new Map<string, SQLite.Statement<unknown[], unknown>>();

/** Opened with the first query: by then the writer has made and migrated the file. */
function open(): SQLite.Database {
  if (connection !== undefined) return connection;
  connection = new SQLite(path, { readonly: true, fileMustExist: true });
  connection.pragma("query_only = ON");
  connection.pragma(`cache_size = -${Math.max(1, Math.round(pageCacheBytes / 1_024))}`);
  return connection;
}

function prepare(sql: string): SQLite.Statement<unknown[], unknown> {
  let statement = prepared.get(sql);
  if (statement === undefined) {
    statement = open().prepare<unknown[], unknown>(sql);
    if (!statement.reader) throw new TypeError("the reader's connection only reads");
    if (prepared.size >= PREPARED_STATEMENTS) prepared.delete(prepared.keys().next().value ?? "");
    prepared.set(sql, statement);
  }
  return statement;
}

port.on("message", (request: ReaderRequest | "close") => {
  if (request === "close") {
    connection?.close();
    port.close();
    return;
  }
  const { id, sql, parameters } = request;
  let reply: ReaderReply;
  try {
    reply = { id, rows: prepare(sql).all(...parameters) };
  } catch (error) {
    reply = {
      id,
      failed: {
        ...toStorageFailure(error, path),
        message: `a query could not be answered: ${error instanceof Error ? error.message : String(error)}`,
      },
    };
  }
  port.postMessage(reply);
});
