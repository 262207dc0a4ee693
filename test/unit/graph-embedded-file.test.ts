import { spawn } from "node:child_process";
import { once as onceEvent } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Worker } from "node:worker_threads";
import Database from "better-sqlite3";
import { describe, expect, onTestFinished, test } from "vitest";
import { Attempt } from "../../src/dependencies/attempt.ts";
import { embeddedGraph } from "../../src/graph/embedded/index.ts";
import { openGraphFile } from "../../src/graph/embedded/graph-file.ts";
import type { NodeSchema } from "../../src/graph/graph-store.ts";
import { silentLogger } from "../../src/ports.ts";
import { systemClock } from "../../src/system-clock.ts";

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-graph-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** In a folder that does not exist yet. */
const newFile = (): string => join(newFolder(), "below", "graph.db");

function open(file: string, nodes: NodeSchema = { Item: { key: "id" } }) {
  const connection = embeddedGraph({ file, nodes }).connect({ clock: systemClock, logger: silentLogger });
  onTestFinished(() => connection.close());
  return connection;
}

const handle = (connection: ReturnType<typeof open>) => connection.handle(new Attempt("test", 1, 10_000));

/** Acknowledges on its standard output what the graph has acknowledged to it, and goes on until it is killed. */
const WRITER = `
  import { embeddedGraph } from ${JSON.stringify(new URL("../../src/graph/embedded/index.ts", import.meta.url).href)};
  import { Attempt } from ${JSON.stringify(new URL("../../src/dependencies/attempt.ts", import.meta.url).href)};
  import { systemClock } from ${JSON.stringify(new URL("../../src/system-clock.ts", import.meta.url).href)};
  import { silentLogger } from ${JSON.stringify(new URL("../../src/ports.ts", import.meta.url).href)};
  import { writeSync } from "node:fs";
  const { receipts } = embeddedGraph({ file: process.argv[2], nodes: { Item: { key: "id" } } }).connect({ clock: systemClock, logger: silentLogger });
  let n = 0;
  const work = async () => {
    for (;;) {
      const id = n++;
      const operationId = "operation-" + id;
      await receipts.once({ receipt: { operationId, incarnation: 1 }, keepResult: false, attempt: new Attempt(operationId, 1, 60000) },
        async (graph) => { await graph.mergeNodes("Item", [{ id }]); return undefined; });
      writeSync(1, id + "\\n");
    }
  };
  for (let worker = 0; worker < 16; worker++) void work();
`;

describe("the embedded graph's file", () => {
  test("holds all that was acknowledged when its process is killed, each with its receipt", async () => {
    const file = newFile();
    const path = join(newFolder(), "writer.mts");
    writeFileSync(path, WRITER);
    const child = spawn(process.execPath, [path, file], { stdio: ["ignore", "pipe", "inherit"] });
    let said = "";
    child.stdout.on("data", (bytes: Buffer) => {
      said += bytes.toString();
      if (said.length > 5_000) child.kill("SIGKILL");
    });
    await onceEvent(child, "close");
    const acknowledged = said.split("\n").slice(0, -1).map(Number);
    expect(acknowledged.length).toBeGreaterThan(500);
    await open(file).probe(10_000);
    const raw = new Database(file, { readonly: true });
    const nodes = new Set(raw.prepare("SELECT json_extract(properties, '$.id') FROM node").pluck().all());
    const receipts = new Set(raw.prepare("SELECT operation_id FROM receipt").pluck().all());
    raw.close();
    expect(acknowledged.filter((id) => !nodes.has(id) || !receipts.has(`operation-${id}`))).toEqual([]);
    expect(receipts.size).toBe(nodes.size);
  });

  test("is written with a write-ahead log and a full fsync", () => {
    const database = openGraphFile(newFile());
    expect(database.pragma("journal_mode", { simple: true })).toBe("wal");
    expect(database.pragma("synchronous", { simple: true })).toBe(2);
    expect(database.pragma("fullfsync", { simple: true })).toBe(1);
    database.close();
  });

  test.each<[what: string, make: (file: string) => void, code: string]>([
    [
      "not a database",
      (file) =>
        writeFileSync(file, "a diary, not a database, and long enough to be read as a header of one".repeat(50)),
      "graph_file_corrupt",
    ],
    [
      "another program's database",
      (file) => void new Database(file).exec("CREATE TABLE diary (day TEXT)").close(),
      "graph_file_unusable",
    ],
    [
      "of a newer format",
      (file) =>
        void new Database(file)
          .exec("CREATE TABLE node (id); PRAGMA application_id = 1751541618; PRAGMA user_version = 99")
          .close(),
      "graph_file_unusable",
    ],
  ])("that is %s is reported as misconfigured and not written to", async (_, make, code) => {
    const file = join(newFolder(), "graph.db");
    make(file);
    const before = readFileSync(file);
    await expect(open(file).probe(10_000)).rejects.toMatchObject({ code, kind: "misconfigured", retryable: false });
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  test("that cannot be made is misconfigured, and works once it can", async () => {
    const folder = newFolder();
    writeFileSync(join(folder, "below"), "a file where a folder should be");
    const connection = open(join(folder, "below", "graph.db"));
    await expect(connection.probe(10_000)).rejects.toMatchObject({
      code: "graph_file_not_writable",
      kind: "misconfigured",
    });
    rmSync(join(folder, "below"));
    await connection.probe(10_000);
  });

  test("that another process holds locked is unavailable, and then works", async () => {
    const file = newFile();
    const connection = open(file);
    await connection.probe(10_000);
    const other = new Database(file);
    other.exec("BEGIN IMMEDIATE");
    await expect(connection.probe(10_000)).rejects.toMatchObject({ code: "graph_locked", kind: "unavailable" });
    other.exec("ROLLBACK");
    other.close();
    await connection.probe(10_000);
  });

  test("fills an index that is declared later, and empties one that is not declared any more", async () => {
    const file = newFile();
    const plain = open(file);
    await handle(plain).mergeNodes("Item", [{ id: 1, kind: "x" }, { id: 2, kind: ["x"] }, { id: 3 }]);
    await plain.close();
    const indexed = open(file, { Item: { key: "id", index: ["kind"] } });
    expect(await handle(indexed).matchNodes("Item", { where: { kind: "x" } })).toEqual([{ id: 1, kind: "x" }]);
    await handle(indexed).mergeNodes("Item", [
      { id: 3, kind: "x" },
      { id: 1, kind: null },
    ]);
    expect(await handle(indexed).matchNodes("Item", { where: { kind: "x" } })).toEqual([{ id: 3, kind: "x" }]);
    const rows = (): unknown => {
      const raw = new Database(file, { readonly: true });
      onTestFinished(() => void raw.close());
      return raw.prepare("SELECT count(*) FROM node_index").pluck().get();
    };
    expect(rows()).toBe(1);
    await handle(indexed).deleteNodes("Item", { keys: [3] });
    expect(rows()).toBe(0);
    await handle(indexed).mergeNodes("Item", [{ id: 4, kind: "x" }]);
    await indexed.close();
    await open(file).probe(10_000);
    expect(rows()).toBe(0);
  });

  test("a where on an indexed property reads only what it finds", async () => {
    const file = newFile();
    const connection = open(file, { Item: { key: "id", index: ["kind"] } });
    await handle(connection).mergeNodes(
      "Item",
      Array.from({ length: 20_000 }, (_, id) => ({ id, kind: `k${id % 2_000}`, other: `k${id % 2_000}` })),
    );
    const time = async (where: Record<string, string>): Promise<number> => {
      const startedAt = performance.now();
      expect(await handle(connection).matchNodes("Item", { where })).toHaveLength(10);
      return performance.now() - startedAt;
    };
    const fastest = async (name: string): Promise<number> =>
      Math.min(await time({ [name]: "k1" }), await time({ [name]: "k2" }), await time({ [name]: "k3" }));
    expect(await fastest("kind")).toBeLessThan((await fastest("other")) / 3);
  });

  test("survives the loss of its worker thread: unknown for what was in flight, and a new thread answers the next probe", async () => {
    const workers: Worker[] = [];
    const noted = (worker: Worker): void => void workers.push(worker);
    process.on("worker", noted);
    onTestFinished(() => void process.off("worker", noted));
    const connection = open(newFile());
    await connection.probe(10_000);
    const once = (operationId: string) =>
      connection.receipts!.once(
        { receipt: { operationId, incarnation: 1 }, keepResult: false, attempt: new Attempt(operationId, 1, 10_000) },
        async (graph) => {
          await graph.mergeNodes("Item", [{ id: operationId }]);
          return undefined;
        },
      );
    const inFlight = once("in flight").catch((error: unknown) => error);
    await new Promise((resolve) => queueMicrotask(() => queueMicrotask(() => resolve(workers[0]!.terminate()))));
    const outcome = await inFlight;
    // The thread may have been quicker than its end.
    if (outcome instanceof Error)
      expect(outcome).toMatchObject({ code: "graph_worker_lost", kind: "unavailable", reconnect: true });
    await connection.probe(10_000);
    expect(workers).toHaveLength(2);
    const again = await once("in flight");
    expect(await handle(connection).matchNodes("Item", {})).toEqual([{ id: "in flight" }]);
    expect(["now", "before"]).toContain(again.applied);
  });

  test("what a handler does to its rows after the call changes nothing", async () => {
    const connection = open(newFile());
    const row = { id: "row", value: "as given" };
    const attempt = new Attempt("mutation", 1, 10_000);
    await connection.receipts!.once({ receipt: null, keepResult: false, attempt }, async (graph) => {
      await graph.mergeNodes("Item", [row]);
      row.value = "changed later";
      return undefined;
    });
    expect(await handle(connection).matchNodes("Item", {})).toEqual([{ id: "row", value: "as given" }]);
  });
});
