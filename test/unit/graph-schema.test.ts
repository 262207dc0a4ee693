import { describe, expect, test } from "vitest";
import { MisuseError } from "../../src/errors.ts";
import { embeddedGraph } from "../../src/graph/embedded/index.ts";
import { neo4j } from "../../src/graph/neo4j/index.ts";
import { declareSchema } from "../../src/graph/schema.ts";

const login = { uri: "bolt://localhost", username: "neo4j", password: "secret" };

describe("a graph's declaration", () => {
  test.each([
    ["a backtick", "Item` {id: 1}) DETACH DELETE (n"],
    ["an escape that Cypher would read", "Item\\u0060"],
    ["a space", "My Item"],
    ["a digit first", "1Item"],
    ["nothing", ""],
    ["65 letters", "x".repeat(65)],
    ["the name that objects cannot carry", "__proto__"],
  ])("refuses a label, key, index and type with %s", (_, name) => {
    const refused = expect.objectContaining({ code: "invalid_graph_schema" });
    const attempts = [
      () =>
        declareSchema({
          ...(name !== "__proto__" && { [name]: { key: "id" } }),
          ...(name === "__proto__" && { X: { key: name } }),
        }),
      () => declareSchema({ Item: { key: name } }),
      () => declareSchema({ Item: { key: "id", index: [name] } }),
      () => declareSchema({ Item: { key: "id" } }, { R: { from: "Item", to: "Item", index: [name] } }),
    ];
    for (const attempt of attempts) expect(attempt).toThrow(refused);
  });

  test("takes letters of any script", () => {
    expect(declareSchema({ Gerät: { key: "größe" }, 機器: { key: "名前" } }).nodes.size).toBe(2);
  });

  test("refuses a relationship to a label that is not declared", () => {
    expect(() => declareSchema({ Item: { key: "id" } }, { R: { from: "Item", to: "Place" } })).toThrow(MisuseError);
  });

  test("does not index the key a second time", () => {
    expect(declareSchema({ Item: { key: "id", index: ["id", "kind", "kind"] } }).nodes.get("Item")?.index).toEqual([
      "kind",
    ]);
  });

  test.each(["", ":memory:", "a\0b"])("the embedded graph refuses the file %j", (file) => {
    expect(() => embeddedGraph({ file, nodes: {} })).toThrow(expect.objectContaining({ code: "invalid_graph_file" }));
  });

  test.each(["http://localhost:7474", "localhost:7687", "bolt://", "bolt://localhost?region=a", ""])(
    "Neo4j refuses the address %j",
    (uri) => {
      expect(() => neo4j({ ...login, uri, nodes: {} })).toThrow(expect.objectContaining({ code: "invalid_graph_uri" }));
    },
  );

  test("Neo4j does not repeat an address, which may hold a password", () => {
    expect(() => neo4j({ ...login, uri: "http://neo4j:hunter2@localhost", nodes: {} })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining("hunter2") }),
    );
  });

  test("Neo4j keeps the receipts' label apart from the declared ones", () => {
    const nodes = { HoldfastReceipt: { key: "id" } };
    expect(() => neo4j({ ...login, nodes })).toThrow(expect.objectContaining({ code: "invalid_graph_schema" }));
    expect(neo4j({ ...login, nodes, receiptLabel: "Receipt" }).name).toBe("graph");
  });

  test("a dependency is made without touching the network or the disk", () => {
    expect(neo4j({ ...login, uri: "neo4j://192.0.2.1", nodes: {} }).name).toBe("graph");
    expect(embeddedGraph({ name: "other", file: "/nonexistent/graph.db", nodes: {} }).name).toBe("other");
  });
});
