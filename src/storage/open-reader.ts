import { join } from "node:path";
import type { Worker } from "node:worker_threads";
import { Kysely } from "kysely";
import { StorageError } from "../errors.ts";
import { startThread } from "../start-thread.ts";
import type { Database } from "./database.ts";
import { JOURNAL_FILE } from "./open-journal.ts";
import { ReaderDialect } from "./reader-dialect.ts";
import type { ReaderOptions, ReaderReply, ReaderRequest } from "./reader-protocol.ts";
import { toStorageError } from "./storage-failure.ts";

export interface OpenReaderOptions {
  readonly dataDirectory: string;
  readonly pageCacheBytes?: number;
}

/** A read-only view of the journal's database. It never makes a writer wait, and can change nothing. */
export interface Reader {
  readonly database: Kysely<Database>;
  /** Answers what was asked before, refuses what is asked from now on, and ends the thread. */
  close(): Promise<void>;
}

interface Thread {
  readonly worker: Worker;
  /** Resolves when it has ended. */
  readonly exited: Promise<void>;
}

interface Waiting {
  readonly resolve: (rows: unknown[]) => void;
  readonly reject: (error: Error) => void;
}

const DEFAULT_PAGE_CACHE_BYTES = 4 * 1_024 * 1_024;

/** A page of rows dies as soon as it has been sent. */
const YOUNG_GENERATION_MB = 4;

/**
 * Opens a second, read-only connection in a thread of its own. Nothing is read before the first query, so it may be
 * opened before the journal exists; a query then fails.
 *
 * @example
 * const { database, close } = openReader({ dataDirectory: "./data" });
 * const letters = await database.selectFrom("operation").select("sequence").where("state", "=", 7).execute();
 */
export function openReader({ dataDirectory, pageCacheBytes = DEFAULT_PAGE_CACHE_BYTES }: OpenReaderOptions): Reader {
  const workerData: ReaderOptions = { path: join(dataDirectory, JOURNAL_FILE), pageCacheBytes };
  const waiting = new Map<number, Waiting>();
  let lastId = 0;
  let closing = false;

  function start(): Thread {
    const worker = startThread("./reader.worker", import.meta.url, {
      workerData,
      name: "holdfast-reader",
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
    });
    let cause: unknown;
    // Only an answer, or an end, that is waited for keeps the process alive.
    worker.unref();
    worker.on("message", (reply: ReaderReply) => {
      const waiter = waiting.get(reply.id);
      waiting.delete(reply.id);
      // The last answer may come after `close`, which waits for the thread's end.
      if (waiting.size === 0 && !closing) worker.unref();
      if ("failed" in reply) waiter?.reject(toStorageError(reply.failed));
      else waiter?.resolve(reply.rows);
    });
    worker.on("error", (error) => (cause = error));
    const exited = new Promise<void>((resolve) => {
      worker.once("exit", () => {
        current = undefined;
        const error = closing ? readerClosed() : readerLost(cause);
        for (const { reject } of waiting.values()) reject(error);
        waiting.clear();
        resolve();
      });
    });
    return { worker, exited };
  }
  let current: Thread | undefined = start();

  const run = (sql: string, parameters: readonly unknown[]): Promise<unknown[]> =>
    new Promise((resolve, reject) => {
      if (closing) {
        reject(readerClosed());
        return;
      }
      // What was asked of a thread that has ended has failed; the next query has another one.
      current ??= start();
      const { worker } = current;
      lastId += 1;
      if (waiting.size === 0) worker.ref();
      waiting.set(lastId, { resolve, reject });
      worker.postMessage({ id: lastId, sql, parameters } satisfies ReaderRequest);
    });

  return {
    database: new Kysely<Database>({ dialect: new ReaderDialect(run) }),
    async close() {
      closing = true;
      if (current === undefined) return;
      const { worker, exited } = current;
      worker.ref();
      // Messages keep their order: the thread reads this one when it has answered all before it.
      worker.postMessage("close");
      await exited;
    },
  };
}

const readerClosed = (): StorageError => new StorageError("reader_closed", "the reader of the journal has been closed");

const readerLost = (cause: unknown): StorageError =>
  new StorageError("reader_lost", "the thread that reads the journal has ended: ask again, and another one answers", {
    retryable: true,
    cause,
  });
