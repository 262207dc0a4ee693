import { join } from "node:path";
import { isAbsent, type PeerLoader } from "./load-peer.ts";
import { FULL, type QueuePeer } from "./queue-contestant.ts";

/** What is used of it, and of the drizzle within it. */
interface Liteque {
  readonly buildDBClient: (file: string, options: { runMigrations: boolean; walEnabled: boolean }) => DrizzleDatabase;
  readonly SqliteQueue: new (
    name: string,
    database: DrizzleDatabase,
    options: { defaultJobArgs: { numRetries: number }; keepFailedJobs: boolean },
  ) => { enqueue(payload: unknown): Promise<unknown> };
}
interface DrizzleDatabase {
  readonly session: {
    readonly client: { pragma(text: string, options?: { simple: boolean }): unknown; close(): void };
  };
}

/** It sets synchronous = NORMAL by itself; it is measured with FULL. */
export async function liteque(loadPeer: PeerLoader): Promise<QueuePeer> {
  const name = "liteque, synchronous=FULL";
  const module = await loadPeer<Liteque>("liteque");
  if (isAbsent(module)) return { name, ...module };
  return {
    name,
    async open(folder) {
      const database = module.buildDBClient(join(folder, "liteque.db"), { runMigrations: true, walEnabled: true });
      const { client } = database.session;
      client.pragma(`synchronous = ${FULL}`);
      if (client.pragma("synchronous", { simple: true }) !== FULL) throw new Error("liteque is not synchronous=FULL.");
      const queue = new module.SqliteQueue("jobs", database, {
        defaultJobArgs: { numRetries: 1 },
        keepFailedJobs: true,
      });
      return { add: (job) => queue.enqueue(job), close: async () => client.close() };
    },
  };
}
