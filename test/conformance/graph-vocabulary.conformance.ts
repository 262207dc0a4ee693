import { describe, expect, test } from "vitest";
import type { Properties } from "../../src/graph/graph-store.ts";
import { type Graph, type GraphHarness, once } from "./graph-harness.ts";

/** What the portable vocabulary means, on any graph. Each test uses keys of its own. */
export function vocabularyConformance(harness: () => GraphHarness): void {
  const write = (work: (graph: Graph) => Promise<unknown>) => once(harness().store, work, { receipt: false });

  const match = async <Found>(work: (graph: Graph) => Promise<Found>): Promise<Found> => {
    let found: Found | undefined;
    await write(async (graph) => {
      found = await work(graph);
    });
    return found!;
  };

  const item = async (id: string | number): Promise<Properties | undefined> =>
    (await match((graph) => graph.matchNodes(harness().item, { keys: [id] })))[0];

  describe("nodes", () => {
    test("mergeNodes creates a node, later sets only what is given, and removes what is null", async () => {
      await write((graph) => graph.mergeNodes(harness().item, [{ id: "merge", a: 1, b: "two", c: true }]));
      await write((graph) => graph.mergeNodes(harness().item, [{ id: "merge", b: "three", c: null, d: null }]));
      const raw = (await harness().readNodes(harness().item)).find(({ id }) => id === "merge");
      expect(raw).toEqual({ id: "merge", a: 1, b: "three" });
    });

    test("a row merged twice in one call is merged twice: the last wins", async () => {
      const rows = [{ id: "twice", a: 1, b: 1 }, { id: "between" }, { id: "twice", a: 2 }];
      await write((graph) => graph.mergeNodes(harness().item, rows));
      expect(await item("twice")).toEqual({ id: "twice", a: 2, b: 1 });
    });

    test("createNodes refuses a key that exists, and leaves the transaction without effect", async () => {
      await write((graph) => graph.createNodes(harness().item, [{ id: "create", a: 1 }]));
      const again = write(async (graph) => {
        await graph.mergeNodes(harness().item, [{ id: "beside create" }]);
        await graph.createNodes(harness().item, [{ id: "create", a: 2 }]);
      });
      await expect(again).rejects.toMatchObject({
        code: "constraint_violated",
        kind: "rejected",
        effect: "none",
        retryable: false,
      });
      expect(await item("create")).toEqual({ id: "create", a: 1 });
      expect(await item("beside create")).toBeUndefined();
    });

    test("more rows than a statement takes arrive, each once", async () => {
      const rows = Array.from({ length: 1_201 }, (_, index) => ({ name: `many ${String(index).padStart(4, "0")}` }));
      await write((graph) => graph.mergeNodes(harness().place, rows));
      const all = (await harness().readNodes(harness().place)).map(({ name }) => String(name));
      const names = all.filter((name) => name.startsWith("many"));
      expect(new Set(names)).toEqual(new Set(rows.map(({ name }) => name)));
      expect(names).toHaveLength(rows.length);
      await write((graph) => graph.deleteNodes(harness().place, { keys: rows.map(({ name }) => name) }));
    });

    test("keys that are numbers are other keys than their texts", async () => {
      await write((graph) =>
        graph.mergeNodes(harness().item, [
          { id: 7, is: "number" },
          { id: "7", is: "text" },
          { id: 7.5, is: "fraction" },
        ]),
      );
      expect([await item(7), await item("7"), await item(7.5)].map((found) => found?.is)).toEqual([
        "number",
        "text",
        "fraction",
      ]);
    });

    test.each<[what: string, value: Properties[string]]>([
      ["zero", 0],
      ["a whole number beyond 32 bits", 2 ** 40 + 1],
      ["the largest whole number", Number.MAX_SAFE_INTEGER],
      ["a negative fraction", -0.1],
      ["a number too large for an integer", 1e300],
      ["an empty text", ""],
      ["a text with quotes, NUL and emoji", 'it\'s "x" `y` \\u0060 \0 🔥'],
      ["false", false],
      ["a list of texts", ["a", "", "c"]],
      ["an empty list", []],
      ["whole numbers", [3, 1, 2]],
      ["whole numbers and fractions", [1, 2.5]],
      ["booleans", [true, false]],
    ])("keeps %s as it is", async (what, value) => {
      await write((graph) => graph.mergeNodes(harness().item, [{ id: `value ${what}`, value }]));
      expect((await item(`value ${what}`))?.value).toStrictEqual(value);
    });

    test("deleteNodes takes the relationships along, and missing keys are fine", async () => {
      const { item: label, place, isIn } = harness();
      await write(async (graph) => {
        await graph.mergeNodes(label, [{ id: "delete a" }, { id: "delete b" }]);
        await graph.mergeNodes(place, [{ name: "delete here" }]);
        await graph.mergeRelationships(
          isIn,
          ["delete a", "delete b"].map((from) => ({ from, to: "delete here" })),
        );
      });
      await write((graph) => graph.deleteNodes(label, { keys: ["delete a", "never there"] }));
      expect(await item("delete a")).toBeUndefined();
      expect((await harness().readRelationships()).filter(({ to }) => to === "delete here")).toEqual([
        { from: "delete b", to: "delete here", properties: {} },
      ]);
    });

    test("deleteNodes finds nodes by an indexed and by another property, all of which must hold", async () => {
      const rows = [1, 2, 3].map((n) => ({ id: `where ${n}`, kind: "doomed", n, odd: n % 2 === 1 }));
      await write((graph) => graph.mergeNodes(harness().item, rows));
      await write((graph) => graph.deleteNodes(harness().item, { where: { kind: "doomed", odd: true } }));
      expect(await match((graph) => graph.matchNodes(harness().item, { where: { kind: "doomed" } }))).toMatchObject([
        { id: "where 2" },
      ]);
      await write((graph) => graph.deleteNodes(harness().item, { where: { n: 2 } }));
      expect(await match((graph) => graph.matchNodes(harness().item, { where: { kind: "doomed" } }))).toEqual([]);
    });
  });

  describe("append", () => {
    test("creates the node and the list, and keeps the order of rows and values", async () => {
      const rows = [
        { key: "list", property: "values", values: [1, 2] },
        { key: "a list before", property: "values", values: [9] },
        { key: "list", property: "other", values: ["x"] },
        { key: "list", property: "values", values: [3] },
      ];
      await write((graph) => graph.append(harness().item, rows));
      await write((graph) => graph.append(harness().item, [{ key: "list", property: "values", values: [4, 5] }]));
      expect(await item("list")).toEqual({ id: "list", values: [1, 2, 3, 4, 5], other: ["x"] });
    });

    test("takes a single value for a list of one", async () => {
      await write((graph) => graph.mergeNodes(harness().item, [{ id: "single", values: "first" }]));
      await write((graph) => graph.append(harness().item, [{ key: "single", property: "values", values: ["second"] }]));
      expect(await item("single")).toEqual({ id: "single", values: ["first", "second"] });
    });

    test("refuses to mix types in a list", async () => {
      await write((graph) => graph.append(harness().item, [{ key: "mixed", property: "values", values: [1] }]));
      const mixing = write((graph) =>
        graph.append(harness().item, [{ key: "mixed", property: "values", values: ["one"] }]),
      );
      await expect(mixing).rejects.toMatchObject({ code: "type_error", kind: "rejected", effect: "none" });
      expect(await item("mixed")).toEqual({ id: "mixed", values: [1] });
    });
  });

  describe("relationships", () => {
    test("mergeRelationships keeps one per pair and sets its properties as mergeNodes does", async () => {
      const { item: label, place, isIn } = harness();
      await write(async (graph) => {
        await graph.mergeNodes(label, [{ id: "related" }]);
        await graph.mergeNodes(place, [{ name: "kitchen" }]);
        await graph.mergeRelationships(isIn, [
          { from: "related", to: "kitchen", properties: { since: 2020, by: "anna" } },
        ]);
      });
      await write((graph) =>
        graph.mergeRelationships(isIn, [{ from: "related", to: "kitchen", properties: { since: 2021, by: null } }]),
      );
      const found = (await harness().readRelationships()).filter(({ from }) => from === "related");
      expect(found).toEqual([{ from: "related", to: "kitchen", properties: { since: 2021 } }]);
    });

    test("a missing end is node_missing, and nothing of the transaction takes effect", async () => {
      const { item: label, place, isIn } = harness();
      await write((graph) => graph.mergeNodes(place, [{ name: "there" }]));
      const dangling = write(async (graph) => {
        await graph.mergeNodes(label, [{ id: "lonely" }]);
        await graph.mergeRelationships(isIn, [
          { from: "lonely", to: "there" },
          { from: "lonely", to: "nowhere" },
        ]);
      });
      await expect(dangling).rejects.toMatchObject({ code: "node_missing", kind: "rejected", effect: "none" });
      expect(await item("lonely")).toBeUndefined();
    });

    test("matches by ends and properties in the order of the ends, and deletes by property", async () => {
      const { item: label, place, isIn } = harness();
      await write(async (graph) => {
        await graph.mergeNodes(label, [{ id: "m2" }, { id: "m1" }]);
        await graph.mergeNodes(place, [{ name: "p2" }, { name: "p1" }]);
        await graph.mergeRelationships(isIn, [
          { from: "m2", to: "p1", properties: { document: "d1" } },
          { from: "m1", to: "p2", properties: { document: "d1", page: 2 } },
          { from: "m1", to: "p1", properties: { document: "d2" } },
        ]);
      });
      const ends = async (selection: Parameters<Graph["matchRelationships"]>[1]) =>
        (await match((graph) => graph.matchRelationships(isIn, selection))).map(({ from, to }) => `${from}-${to}`);
      expect(await ends({ from: ["m2", "m1"] })).toEqual(["m1-p1", "m1-p2", "m2-p1"]);
      expect(await ends({ to: ["p1"] })).toEqual(["m1-p1", "m2-p1"]);
      expect(await ends({ from: ["m1"], to: ["p2", "p1"], where: { document: "d1" } })).toEqual(["m1-p2"]);
      expect(await ends({ where: { document: "d1" } })).toEqual(["m1-p2", "m2-p1"]);
      expect(await ends({ where: { page: 2 } })).toEqual(["m1-p2"]);
      await write((graph) => graph.deleteRelationships(isIn, { where: { document: "d1" } }));
      expect(await ends({ from: ["m1", "m2"] })).toEqual(["m1-p1"]);
    });
  });

  describe("matches", () => {
    test("come ordered by key: texts by code point, then numbers", async () => {
      const keys = ["a", "B", "ä", "�", -2, 0.5, 3, 10];
      await write((graph) =>
        graph.mergeNodes(
          harness().item,
          keys.toReversed().map((id) => ({ id, kind: "ordered" })),
        ),
      );
      const byKind = await match((graph) => graph.matchNodes(harness().item, { where: { kind: "ordered" } }));
      const byKeys = await match((graph) => graph.matchNodes(harness().item, { keys: keys.toReversed() }));
      const expected = ["B", "a", "ä", "�", -2, 0.5, 3, 10];
      expect(byKind.map(({ id }) => id)).toEqual(expected);
      expect(byKeys.map(({ id }) => id)).toEqual(expected);
    });

    test('tell 1, "1" and true apart', async () => {
      await write((graph) =>
        graph.mergeNodes(harness().item, [
          { id: "w1", w: 1 },
          { id: "w2", w: "1" },
          { id: "w3", w: true },
        ]),
      );
      const found = async (w: number | string | boolean) =>
        (await match((graph) => graph.matchNodes(harness().item, { where: { w } }))).map(({ id }) => id);
      expect([await found(1), await found("1"), await found(true)]).toEqual([["w1"], ["w2"], ["w3"]]);
    });

    test("stop at the limit, by default at 1,000", async () => {
      await write((graph) =>
        graph.mergeNodes(
          harness().item,
          Array.from({ length: 1_005 }, (_, n) => ({ id: `limit ${n}`, kind: "limited" })),
        ),
      );
      const where = { kind: "limited" };
      expect(await match((graph) => graph.matchNodes(harness().item, { where }))).toHaveLength(1_000);
      expect(await match((graph) => graph.matchNodes(harness().item, { where }, { limit: 1_002 }))).toHaveLength(1_002);
      expect(await match((graph) => graph.matchNodes(harness().item, { where }, { limit: 1 }))).toMatchObject([
        { id: "limit 0" },
      ]);
      await write((graph) => graph.deleteNodes(harness().item, { where }));
    });

    test("see the committed state, and are an error after the first write", async () => {
      let caught: unknown;
      await write(async (graph) => {
        await graph.mergeNodes(harness().item, [{ id: "after write" }]);
        caught = await graph.matchNodes(harness().item, { keys: ["after write"] }).catch((error: unknown) => error);
      });
      expect(caught).toMatchObject({ name: "MisuseError", code: "match_after_write" });
      expect(await item("after write")).toEqual({ id: "after write" });
    });
  });
}
