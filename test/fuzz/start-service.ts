import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export interface FuzzedService extends AsyncDisposable {
  readonly url: string;
  /** A token that may do everything. */
  readonly token: string;
  /** One that may look, and change nothing. */
  readonly viewer: string;
  /** What no answer may have in it. */
  readonly secrets: readonly string[];
  /** True while its process lives. */
  isAlive(): boolean;
}

/** Starts the service in a process of its own, so that what kills it is noticed from outside. */
export async function startService(): Promise<FuzzedService> {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-fuzz-"));
  const secret = `hunter2-${randomBytes(6).toString("hex")}`;
  const file = fileURLToPath(new URL("service.ts", import.meta.url));
  const child = spawn(process.execPath, [file, folder, secret], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, HOLDFAST_FUZZ_SECRET: secret },
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const stop = async (): Promise<void> => {
    child.kill("SIGTERM");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  const first = await Promise.race([
    ended.then(() => undefined),
    (async () => {
      for await (const line of createInterface({ input: child.stdout })) if (line.startsWith("{")) return line;
      return undefined;
    })(),
  ]);
  if (first === undefined) {
    await stop();
    throw new Error("the service to be fuzzed did not start");
  }
  const { url, token, viewer } = JSON.parse(first) as Pick<FuzzedService, "url" | "token" | "viewer">;
  return {
    url,
    token,
    viewer,
    secrets: [secret, folder, token, viewer],
    isAlive: () => child.exitCode === null && child.signalCode === null,
    [Symbol.asyncDispose]: stop,
  };
}
