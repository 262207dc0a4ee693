import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import type { Absence } from "../entry.ts";

export interface RedisServer extends AsyncDisposable {
  readonly port: number;
}

/** A redis-server of our own that fsyncs before it answers, on a free port. It never outlives this process. */
export async function startRedisServer(folder: string): Promise<RedisServer | Absence> {
  const port = await freePort();
  const settings = { port, bind: "127.0.0.1", dir: folder, save: "", appendonly: "yes", appendfsync: "always" };
  const argv = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const child = spawn("redis-server", argv, { stdio: ["ignore", "pipe", "inherit"], detached: true });
  const killAtExit = (): boolean => child.kill("SIGKILL");
  process.once("exit", killAtExit);
  const failed = once(child, "error").then(([error]) => ({ absent: `redis-server: ${(error as Error).message}` }));
  const ended = once(child, "exit");
  const ready = new Promise<undefined>((resolve) => {
    child.stdout.on("data", (text: Buffer) => text.includes("Ready to accept connections") && resolve(undefined));
  });
  const why = await Promise.race([ready, failed, ended.then(() => ({ absent: "redis-server ended as it started" }))]);
  if (why !== undefined) {
    process.off("exit", killAtExit);
    return why;
  }
  return {
    port,
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await ended;
      process.off("exit", killAtExit);
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
