import { describe, expect, test } from "vitest";
import { type Graph, type GraphHarness, once } from "./graph-harness.ts";

class Temperature {
  readonly celsius = 177;
}

/** What is turned away before anything is sent, with where in the value. */
export function refusalConformance(harness: () => GraphHarness): void {
  const refused = async (call: (graph: Graph) => Promise<unknown>): Promise<unknown> => {
    let caught: unknown;
    await once(
      harness().store,
      async (graph) => {
        caught = await call(graph).catch((error: unknown) => error);
      },
      { receipt: false },
    );
    return caught;
  };

  const merge = (rows: unknown) => (graph: Graph) => graph.mergeNodes(harness().item, rows as never);

  describe("refusals", () => {
    test.each<[what: string, value: unknown, path: string, code: string]>([
      ["a Date", new Date(0), "rows[1].value", "value_not_storable"],
      ["a Map", new Map(), "rows[1].value", "value_not_storable"],
      ["an instance of a class", new Temperature(), "rows[1].value", "value_not_storable"],
      ["an object", { celsius: 177 }, "rows[1].value", "value_not_storable"],
      ["a function", () => 1, "rows[1].value", "value_not_storable"],
      ["a symbol", Symbol("s"), "rows[1].value", "value_not_storable"],
      ["a bigint", 1n, "rows[1].value", "value_not_storable"],
      ["undefined", undefined, "rows[1].value", "value_not_storable"],
      ["NaN", Number.NaN, "rows[1].value", "number_not_finite"],
      ["Infinity", Number.POSITIVE_INFINITY, "rows[1].value", "number_not_finite"],
      ["half of a surrogate pair", "\ud800", "rows[1].value", "lone_surrogate"],
      ["a list with null", ["a", null], "rows[1].value[1]", "value_not_storable"],
      ["a list of mixed types", [1, "1"], "rows[1].value[1]", "list_of_mixed_types"],
      ["a list in a list", [["a"]], "rows[1].value[0]", "value_not_storable"],
    ])("%s as a property", async (_, value, path, code) => {
      expect(await refused(merge([{ id: "fine" }, { id: "bad", value }]))).toMatchObject({
        name: "InvalidValueError",
        code,
        path,
      });
      expect((await harness().readNodes(harness().item)).filter(({ id }) => id === "fine" || id === "bad")).toEqual([]);
    });

    test.each<[what: string, rows: unknown, path: string, code: string]>([
      ["a missing key", [{ name: "x" }], "rows[0].id", "invalid_key"],
      ["a key that is null", [{ id: null }], "rows[0].id", "invalid_key"],
      ["a key that is a boolean", [{ id: true }], "rows[0].id", "invalid_key"],
      ["a name that could end a quote", [{ id: "x", "a`b": 1 }], "rows[0].a`b", "invalid_property_name"],
      ["a name with an escape of Cypher", [{ id: "x", "a\\u0060b": 1 }], "rows[0].a\\u0060b", "invalid_property_name"],
      ["an empty name", [{ id: "x", "": 1 }], "rows[0].", "invalid_property_name"],
      ["rows that are no list", { id: "x" }, "rows", "value_not_storable"],
      ["a row that is no object", ["x"], "rows[0]", "value_not_storable"],
    ])("%s in a row", async (_, rows, path, code) => {
      expect(await refused(merge(rows))).toMatchObject({ name: "InvalidValueError", code, path });
    });

    test("a name from an input in append, where and selections", async () => {
      const { item, isIn } = harness();
      const name = "x` = 1 DETACH DELETE n //";
      expect(await refused((graph) => graph.append(item, [{ key: "a", property: name, values: [1] }]))).toMatchObject({
        code: "invalid_property_name",
        path: "rows[0].property",
      });
      expect(await refused((graph) => graph.matchNodes(item, { where: { [name]: 1 } }))).toMatchObject({
        code: "invalid_property_name",
      });
      expect(await refused((graph) => graph.deleteRelationships(isIn, { where: { [name]: 1 } }))).toMatchObject({
        code: "invalid_property_name",
      });
      expect(await refused((graph) => graph.append(item, [{ key: "a", property: "id", values: [1] }]))).toMatchObject({
        path: "rows[0].property",
      });
    });

    test("bad ends, keys and conditions", async () => {
      const { item, isIn } = harness();
      expect(
        await refused((graph) => graph.mergeRelationships(isIn, [{ from: "a", to: undefined as never }])),
      ).toMatchObject({ path: "rows[0].to" });
      expect(await refused((graph) => graph.matchNodes(item, { keys: ["a", {} as never] }))).toMatchObject({
        path: "selection.keys[1]",
      });
      expect(await refused((graph) => graph.matchNodes(item, { where: { a: null as never } }))).toMatchObject({
        path: "selection.where.a",
      });
    });

    test("a deletion without a condition", async () => {
      const { item, isIn } = harness();
      expect(await refused((graph) => graph.deleteNodes(item, { where: {} }))).toMatchObject({
        code: "selection_is_empty",
      });
      expect(await refused((graph) => graph.deleteNodes(item, {} as never))).toMatchObject({
        code: "selection_is_empty",
      });
      expect(await refused((graph) => graph.deleteRelationships(isIn, { where: {} }))).toMatchObject({
        code: "selection_is_empty",
      });
    });

    test.each([0, -1, 1.5, Number.NaN, 100_001])("a limit of %s", async (limit) => {
      expect(await refused((graph) => graph.matchNodes(harness().item, {}, { limit }))).toMatchObject({
        name: "MisuseError",
        code: "invalid_limit",
      });
    });

    test("a label and a type that are not declared", async () => {
      expect(await refused((graph) => graph.mergeNodes("Unknown", [{ id: 1 }]))).toMatchObject({
        name: "MisuseError",
        code: "unknown_label",
      });
      expect(await refused((graph) => graph.mergeRelationships("UNKNOWN", []))).toMatchObject({
        code: "unknown_relationship_type",
      });
    });

    test("a refusal leaves the transaction usable", async () => {
      const { item } = harness();
      await once(harness().store, async (graph) => {
        await graph.mergeNodes(item, [{ id: "usable", at: new Date() as never }]).catch(() => {});
        await graph.mergeNodes(item, [{ id: "usable", at: "now" }]);
      });
      expect((await harness().readNodes(item)).filter(({ id }) => id === "usable")).toEqual([
        { id: "usable", at: "now" },
      ]);
    });
  });
}
