import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readAcknowledgements } from "../../examples/demo/verify-acknowledgements.ts";
import { readEmbeddedGraph } from "../../examples/demo/verify-embedded-graph.ts";
import { verifyRelations } from "../../examples/demo/verify-relations.ts";

const DEMO = fileURLToPath(new URL("../../examples/demo/", import.meta.url));

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "demo-verify-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("the demo's proof", () => {
  test("imports nothing of Holdfast, and nothing of the demo's other parts", () => {
    const files = readdirSync(DEMO).filter((name) => name.startsWith("verify-"));
    expect(files.length).toBeGreaterThan(4);
    const specifiers = files.flatMap((name) =>
      [...readFileSync(join(DEMO, name), "utf8").matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].map(
        ([, specifier]) => specifier ?? "",
      ),
    );
    const foreign = specifiers.filter(
      (specifier) => !/^(?:node:[a-z]+|better-sqlite3|neo4j-driver|\.\/verify-[a-z0-9-]+\.ts)$/.test(specifier),
    );
    expect(foreign).toEqual([]);
    expect(specifiers).toContain("neo4j-driver");
    expect(specifiers).toContain("better-sqlite3");
  });
});

describe("the load's file of acknowledgements", () => {
  const write = (text: string): string => {
    const file = join(folder, "acknowledgements.jsonl");
    writeFileSync(file, text);
    return file;
  };
  const line = JSON.stringify({ operation: 1, lane: 1, status: "queued", at: 5 });

  test("is read in the order in which it was written", () => {
    expect(
      readAcknowledgements(write(`${line}\n${line.replace('"operation":1', '"operation":0')}\n`)).map(
        ({ operation }) => operation,
      ),
    ).toEqual([1, 0]);
  });

  test.each([
    ["ends in the middle of a line", `${line}\n${line.slice(0, 20)}`],
    ["has a status that the verifier does not know", `${line.replace("queued", "maybe")}\n`],
    ["has a number that is none", `${line.replace(":5", ':"5"')}\n`],
  ])("is not believed when it %s", (_, text) => {
    expect(() => readAcknowledgements(write(text))).toThrow("acknowledgements.jsonl");
  });
});

describe("the demo's verifier of relations", () => {
  const relation = (to: string) => ({ type: "HAS_STEP", from: "a", to });

  test("sees what an older revision left, and what the last one lacks", () => {
    const verdict = verifyRelations([relation("1"), relation("2")], [relation("2"), relation("3")]);
    expect(verdict).toEqual({
      stale: 1,
      missing: 1,
      examples: ["stale: (a)-[HAS_STEP]->(3)", "missing: (a)-[HAS_STEP]->(1)"],
    });
  });

  test("finds nothing wrong where nothing is", () => {
    expect(verifyRelations([relation("1"), relation("2")], [relation("2"), relation("1")])).toEqual({
      stale: 0,
      missing: 0,
      examples: [],
    });
  });
});

describe("the reader of the embedded graph", () => {
  test("gives each lane its document's list, and a lane without a document an empty one", () => {
    const file = join(folder, "graph.db");
    const database = new Database(file);
    database.exec(
      "CREATE TABLE node (label TEXT, key TEXT, properties TEXT); CREATE TABLE relationship (type TEXT, from_key TEXT, to_key TEXT)",
    );
    const insert = database.prepare("INSERT INTO node VALUES (?, ?, ?)");
    insert.run("Document", "s:run-1", JSON.stringify({ id: "run-1", sequence: [1, 3] }));
    insert.run("Document", "s:run-0", JSON.stringify({ id: "run-0", sequence: [0, 2] }));
    insert.run("Step", "s:run-2", JSON.stringify({ id: "run-2", sequence: [9] }));
    database.exec("INSERT INTO relationship VALUES ('HAS_STEP', 's:run-0', 's:run-0/step')");
    database.close();
    const reading = readEmbeddedGraph(file, {
      runId: "run",
      documentIds: ["run-0", "run-1", "run-2"],
      label: "Document",
      listProperty: "sequence",
    });
    expect(reading).toEqual({
      lists: [[0, 2], [1, 3], []],
      relations: [{ type: "HAS_STEP", from: "run-0", to: "run-0/step" }],
    });
  });
});
