import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Finding } from "../entry.ts";
import { median } from "../harness/median.ts";
import type { SuiteContext } from "../suite.ts";

/*
 * `npm start` in a clone that is installed, as a person types it: npm, the launcher, Node, the sources, the journal, the
 * graph; until `/readyz` says that work is taken. On a data directory that is new, and on one from before.
 */

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const LOOK_EVERY_MS = 5;
const READY_WITHIN_MS = 30_000;

export async function* startToReady({ folder, quick, progress }: SuiteContext): AsyncIterable<Finding> {
  progress("npm start, until it is ready");
  const first: number[] = [];
  const again: number[] = [];
  for (let round = 0; round < (quick ? 1 : 7); round += 1) {
    const data = join(folder, `started-${round}`);
    first.push(await startOnce(data));
    again.push(await startOnce(data));
  }
  // What is measured are processes of their own: those of others cannot be told from them.
  const note = "foreign load not told apart";
  yield { case: "npm start to ready, at first", unit: "ms", ours: median(first), note };
  yield { case: "npm start to ready, again", unit: "ms", ours: median(again), note };
}

async function startOnce(data: string): Promise<number> {
  const port = await freePort();
  const beganMs = performance.now();
  const npm = spawn("npm", ["start"], {
    cwd: ROOT,
    env: { ...asTyped(), HOLDFAST_PORT: String(port), HOLDFAST_DATA: data },
    stdio: "ignore",
  });
  try {
    await untilReady(npm, port, beganMs + READY_WITHIN_MS);
    return performance.now() - beganMs;
  } finally {
    const gone = new Promise((resolve) => npm.once("close", resolve));
    if (npm.exitCode === null && npm.kill("SIGTERM")) await gone;
  }
}

async function untilReady(npm: ChildProcess, port: number, lastLookMs: number): Promise<void> {
  while (performance.now() < lastLookMs) {
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined);
    await answer?.arrayBuffer();
    if (answer?.ok === true) return;
    if (npm.exitCode !== null) throw new Error(`npm start ended with ${npm.exitCode}`);
    await pause(LOOK_EVERY_MS);
  }
  throw new Error(`npm start was not ready within ${READY_WITHIN_MS} ms`);
}

/** The environment of a person, not that of the npm script that runs this. */
const asTyped = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(npm_|NODE_OPTIONS$|NEO4J_)/.test(name)));

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
