import { join } from "node:path";
import { isAbsent, type PeerLoader } from "./load-peer.ts";
import { FULL, type QueuePeer } from "./queue-contestant.ts";

/** What is used of them. */
interface Plainjob {
  readonly better: (database: SqliteDatabase) => unknown;
  readonly defineQueue: (options: { connection: unknown; logger: object }) => {
    add(type: string, data: unknown): unknown;
    close(): void;
  };
}
interface SqliteDatabase {
  pragma(text: string, options?: { simple: boolean }): unknown;
}
interface BetterSqlite3 {
  readonly default: new (file: string) => SqliteDatabase;
}

/** It sets synchronous = NORMAL by itself; it is measured with FULL. */
export async function plainjob(loadPeer: PeerLoader): Promise<QueuePeer> {
  const name = "plainjob, synchronous=FULL";
  const [module, sqlite] = [await loadPeer<Plainjob>("plainjob"), await loadPeer<BetterSqlite3>("better-sqlite3")];
  if (isAbsent(module)) return { name, ...module };
  if (isAbsent(sqlite)) return { name, ...sqlite };
  return {
    name,
    async open(folder) {
      const database = new sqlite.default(join(folder, "plainjob.db"));
      const queue = module.defineQueue({ connection: module.better(database), logger: SILENT });
      database.pragma(`synchronous = ${FULL}`);
      if (database.pragma("synchronous", { simple: true }) !== FULL)
        throw new Error("plainjob is not synchronous=FULL.");
      return { add: async (job) => queue.add("job", job), close: async () => queue.close() };
    },
  };
}

const SILENT = { debug() {}, info() {}, warn() {}, error() {} };
