import { describe, expect, test } from "vitest";
import { Attempt } from "../../src/dependencies/attempt.ts";
import { DependencyError } from "../../src/errors.ts";
import { type GraphHarness, newOperation, once } from "./graph-harness.ts";

/** The living side of a graph: probe, reconnect, single calls, close. */
export function connectionConformance(harness: () => GraphHarness): void {
  describe("the connection", () => {
    test("answers a probe, also after a reconnect, which keeps what is committed", async () => {
      const { connection, store, item } = harness();
      const key = newOperation();
      await once(store, (graph) => graph.mergeNodes(item, [{ id: key }]));
      await connection.reconnect();
      await connection.probe(20_000);
      expect((await harness().readNodes(item)).filter(({ id }) => id === key)).toHaveLength(1);
    });

    test("knows its own failures and nobody else's", () => {
      const options = { kind: "unavailable", effect: "none" } as const;
      const own = new DependencyError("x", "x", { dependency: "graph", ...options });
      expect(harness().connection.classify(own)).toBe(own);
      expect(
        harness().connection.classify(new DependencyError("x", "x", { dependency: "search", ...options })),
      ).toBeUndefined();
      expect(harness().connection.classify(new TypeError("x is not a function"))).toBeUndefined();
    });

    test("its handle outside a transaction commits each call by itself", async () => {
      const { connection, item } = harness();
      const key = newOperation();
      const attempt = new Attempt("single", 1, 20_000);
      const graph = connection.handle(attempt);
      await graph.mergeNodes(item, [{ id: key, n: 1 }]);
      expect(await graph.matchNodes(item, { keys: [key] })).toEqual([{ id: key, n: 1 }]);
      await graph.deleteNodes(item, { keys: [key] });
      expect(await graph.matchNodes(item, { keys: [key] })).toEqual([]);
      attempt.end(new Error("over"));
      await expect(graph.matchNodes(item, {})).rejects.toThrow("over");
    });
  });

  /** Last: nothing works after it. */
  describe("a closed connection", () => {
    test("turns everything away as unavailable, with no effect", async () => {
      const { connection, store, item } = harness();
      await connection.close();
      const closed = { code: "graph_closed", kind: "unavailable" };
      await expect(connection.probe(1_000)).rejects.toMatchObject(closed);
      await expect(once(store, (graph) => graph.mergeNodes(item, [{ id: "late" }]))).rejects.toMatchObject({
        ...closed,
        effect: "none",
      });
      await expect(store.fence({ operationId: "late", incarnation: 1 }, 1_000)).rejects.toMatchObject(closed);
    });
  });
}
