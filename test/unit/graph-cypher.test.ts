import { isInt } from "neo4j-driver";
import { describe, expect, test } from "vitest";
import { toStatements } from "../../src/graph/neo4j/cypher.ts";
import { toNeo4j } from "../../src/graph/neo4j/to-neo4j.ts";
import { declareSchema } from "../../src/graph/schema.ts";

const schema = declareSchema({ Item: { key: "id" }, Place: { key: "name" } }, { IS_IN: { from: "Item", to: "Place" } });
const item = schema.nodes.get("Item")!;
const isIn = schema.relationships.get("IS_IN")!;

const rowsOf = (statement: { readonly parameters: Readonly<Record<string, unknown>> }) =>
  statement.parameters.rows as Record<string, unknown>[];

describe("the statements for Neo4j", () => {
  test("sort the rows of a call by key, so that two transactions lock in one order, and keep the order of one key's rows", () => {
    const rows = [{ id: "b", n: "first" }, { id: 2 }, { id: "a" }, { id: "b", n: "second" }, { id: 1 }];
    const [statement] = toStatements({ kind: "mergeNodes", node: item, rows });
    expect(rowsOf(statement!).map(({ key, properties }) => [String(key), (properties as { n?: string }).n])).toEqual([
      ["a", undefined],
      ["b", "first"],
      ["b", "second"],
      ["1", undefined],
      ["2", undefined],
    ]);
  });

  test("take 500 rows each, and together all", () => {
    const rows = Array.from({ length: 1_201 }, (_, n) => ({ from: `i${n}`, to: "p" }));
    const statements = toStatements({ kind: "mergeRelationships", relationship: isIn, rows });
    expect(statements.map(({ mustApply }) => mustApply)).toEqual([500, 500, 201]);
    expect(new Set(statements.flatMap((statement) => rowsOf(statement).map(({ from }) => from))).size).toBe(1_201);
  });

  test("quote names and carry every value as a parameter", () => {
    const evil = "x' }) DETACH DELETE n //";
    const statements = [
      ...toStatements({ kind: "createNodes", node: item, rows: [{ id: evil, note: evil }] }),
      ...toStatements({ kind: "append", node: item, rows: [{ key: evil, property: "notes", values: [evil] }] }),
      ...toStatements({ kind: "deleteNodes", node: item, selection: { where: { note: evil } } }),
      ...toStatements({ kind: "deleteNodes", node: item, selection: { keys: [evil] } }),
      ...toStatements({ kind: "deleteRelationships", relationship: isIn, where: { note: evil } }),
    ];
    expect(statements).toHaveLength(5);
    for (const { cypher } of statements) {
      expect(cypher).not.toContain(evil);
      expect(cypher).toMatch(/`(Item|IS_IN)`/);
    }
  });

  test("append to different properties by one statement each", () => {
    const rows = ["a", "b", "a"].map((property, n) => ({ key: "x", property, values: [n] }));
    const statements = toStatements({ kind: "append", node: item, rows });
    expect(
      statements.map((statement) => rowsOf(statement).map(({ values }) => (values as unknown[]).map(String))),
    ).toEqual([[["0"], ["2"]], [["1"]]]);
  });
});

describe("numbers for Neo4j", () => {
  test.each([0, 1, -1, 2 ** 53 - 1])("%s becomes an integer", (value) => {
    expect(isInt(toNeo4j(value) as object)).toBe(true);
    expect(Number(toNeo4j(value))).toBe(value);
  });

  test.each([0.5, 2 ** 53, 1e300])("%s stays a float", (value) => expect(toNeo4j(value)).toBe(value));

  test("a list of numbers is of one type", () => {
    expect((toNeo4j([1, 2]) as object[]).every(isInt)).toBe(true);
    expect(toNeo4j([1, 2.5])).toEqual([1, 2.5]);
  });
});
