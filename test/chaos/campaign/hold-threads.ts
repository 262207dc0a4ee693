import { writeSync } from "node:fs";
import { BroadcastChannel, isMainThread, workerData } from "node:worker_threads";
import Database from "better-sqlite3";
import { HOLD_AT_START, HOLD_CHANNEL, THREAD_REPORT_FD, toLine } from "./messages.ts";

/*
 * Loaded before anything else (--import) in every thread of the service. In the two threads that write to SQLite it
 * wraps the driver's COMMIT, so that the thread can report that it has come to its point, and stay there.
 */

interface Statement {
  readonly source: string;
  run(...parameters: unknown[]): unknown;
}

function roleOf(data: unknown): "journal" | "graph" | undefined {
  if (typeof data !== "object" || data === null) return undefined;
  if ("definitions" in data) return "journal";
  return "schema" in data && "file" in data ? "graph" : undefined;
}

function holdForEver(point: string): never {
  writeSync(THREAD_REPORT_FD, toLine({ kind: "held", point }));
  const nobody = new Int32Array(new SharedArrayBuffer(4));
  for (;;) Atomics.wait(nobody, 0, 0);
}

function wrapCommits(role: "journal" | "graph"): void {
  let armed = process.env[HOLD_AT_START];
  const channel = new BroadcastChannel(HOLD_CHANNEL);
  channel.onmessage = (event: unknown) => {
    armed = (event as { readonly data: string }).data;
  };
  channel.unref();
  const memory = new Database(":memory:");
  const prototype = Object.getPrototypeOf(memory.prepare("SELECT 1")) as Statement;
  memory.close();
  const { run } = prototype;
  prototype.run = function (this: Statement, ...parameters: unknown[]): unknown {
    if (armed === undefined || this.source !== "COMMIT") return run.apply(this, parameters);
    if (armed === `${role}.beforeCommit`) holdForEver(armed);
    const result = run.apply(this, parameters);
    if (armed === `${role}.afterCommit`) holdForEver(armed);
    return result;
  };
}

const role = isMainThread ? undefined : roleOf(workerData);
if (role !== undefined) wrapCommits(role);
