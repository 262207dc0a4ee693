import type { Absence } from "../entry.ts";
import { isAbsent, type PeerLoader } from "./load-peer.ts";
import type { QueuePeer } from "./queue-contestant.ts";
import type { RedisServer } from "./redis-server.ts";

/** What is used of them. */
interface BullMq {
  readonly Queue: new (
    name: string,
    options: { connection: Redis },
  ) => { add(name: string, data: unknown): Promise<unknown>; close(): Promise<void> };
}
interface IoRedis {
  readonly Redis: new (options: { host: string; port: number; maxRetriesPerRequest: null }) => Redis;
}
interface Redis {
  config(verb: "GET", name: string): Promise<readonly string[]>;
  quit(): Promise<unknown>;
}

export async function bullmq(loadPeer: PeerLoader, server: RedisServer | Absence): Promise<QueuePeer> {
  const name = "BullMQ, appendfsync always";
  const [module, ioredis] = [await loadPeer<BullMq>("bullmq"), await loadPeer<IoRedis>("ioredis")];
  for (const needed of [module, ioredis, server]) if (isAbsent(needed)) return { name, ...needed };
  const { Queue } = module as BullMq;
  const { Redis } = ioredis as IoRedis;
  let queues = 0;
  return {
    name,
    async open() {
      const connection = new Redis({
        host: "127.0.0.1",
        port: (server as RedisServer).port,
        maxRetriesPerRequest: null,
      });
      if ((await connection.config("GET", "appendfsync"))[1] !== "always")
        throw new Error("The Redis of BullMQ does not fsync always.");
      const queue = new Queue(`jobs-${queues++}`, { connection });
      return {
        add: (job) => queue.add("job", job),
        async close() {
          await queue.close();
          await connection.quit();
        },
      };
    },
  };
}
