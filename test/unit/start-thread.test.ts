import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { temporaryFolder } from "../support/ledger.ts";

const SOURCES = fileURLToPath(new URL("../../src", import.meta.url));
const STRIPPING_THREADS = fileURLToPath(new URL("./stripping-threads.ts", import.meta.url));

test("threads that strip their types compile no wrapper that V8 shares among threads and frees twice", () => {
  const folder = temporaryFolder();
  const log = join(folder, "code.log");
  const flags = ["--wasm-wrapper-tiering-budget=1000000000", "--log-code", "--no-logfile-per-isolate"];
  const { status, stdout } = spawnSync(
    process.execPath,
    [...flags, `--logfile=${log}`, STRIPPING_THREADS, join(folder, "data")],
    { encoding: "utf8" },
  );
  expect(status).toBe(0);
  // Writer, reader and graph.
  expect(JSON.parse(stdout)).toEqual({ status: "completed", threads: 3 });
  const created = readFileSync(log, "utf8")
    .split("\n")
    .filter((line) => line.startsWith("code-creation"));
  expect(created).not.toHaveLength(0);
  expect(created.filter((line) => line.includes(",wasm-to-js,"))).toEqual([]);
});

test("every thread is started by startThread", () => {
  const starting = readdirSync(SOURCES, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && readFileSync(join(SOURCES, file), "utf8").includes("new Worker("))
    .sort();
  expect(starting).toEqual(["start-thread.ts"]);
});
