import { describe, expect, test } from "vitest";
import { Attempt } from "../../src/dependencies/attempt.ts";
import type { OnceBatchResult } from "../../src/dependencies/dependency.ts";
import { type Graph, type GraphHarness, newOperation, once } from "./graph-harness.ts";

interface BatchOptions {
  readonly keepResult?: boolean;
  readonly neverBegun?: boolean;
  readonly attempt?: Attempt;
}

/** Invariant 2 for many operations in one transaction. */
export function batchConformance(harness: () => GraphHarness): void {
  const receipt = (operationId: string) => ({ operationId, incarnation: 1 });

  const batch = (
    operations: readonly string[],
    work: (graph: Graph, fresh: readonly number[]) => Promise<readonly (string | undefined)[]>,
    { keepResult = false, neverBegun = false, attempt = new Attempt(operations[0]!, 1, 20_000) }: BatchOptions = {},
  ): Promise<OnceBatchResult> =>
    harness().store.onceBatch(
      { items: operations.map((operation) => ({ receipt: receipt(operation), keepResult, neverBegun })), attempt },
      work,
    );

  /** Effects that would show if one happened twice; each one's result is its operation's id as JSON. */
  const appendEach =
    (operations: readonly string[], keyOf: (operation: string) => string = (operation) => operation) =>
    async (graph: Graph, fresh: readonly number[]): Promise<string[]> => {
      await graph.append(
        harness().item,
        fresh.map((index) => ({ key: keyOf(operations[index]!), property: "effects", values: [operations[index]!] })),
      );
      return fresh.map((index) => JSON.stringify(operations[index]));
    };

  const effects = async (key: string): Promise<readonly unknown[]> => {
    const node = (await harness().readNodes(harness().item)).find(({ id }) => id === key);
    return Array.isArray(node?.effects) ? node.effects : [];
  };

  const newOperations = (count: number): string[] => Array.from({ length: count }, newOperation);

  describe("a batch", () => {
    test("applies every item once and answers each, in their order", async () => {
      const operations = newOperations(7);
      expect(await batch(operations, appendEach(operations))).toEqual({
        state: "applied",
        results: operations.map((operation) => ({ applied: "now", result: JSON.stringify(operation) })),
      });
      for (const operation of operations) expect(await effects(operation)).toEqual([operation]);
      expect(await harness().store.find(operations.map(receipt), 10_000)).toEqual(operations.map(() => true));
    });

    test("a replay of all applies nothing, does no work, and returns the results that were kept", async () => {
      const operations = newOperations(3);
      await batch(operations, appendEach(operations), { keepResult: true });
      const replay = await batch(operations, () => Promise.reject(new Error("there is no work")), { keepResult: true });
      expect(replay).toEqual({
        state: "applied",
        results: operations.map((operation) => ({ applied: "before", result: JSON.stringify(operation) })),
      });
    });

    test("the work sees only the items that have no receipt, and the others are answered as applied before", async () => {
      const operations = newOperations(5);
      await once(harness().store, (graph) => appendEach(operations)(graph, [1]), { operation: operations[1]! });
      await batch([operations[3]!], appendEach([operations[3]!]));
      const seen: number[] = [];
      const answer = await batch(operations, async (graph, fresh) => {
        seen.push(...fresh);
        return appendEach(operations)(graph, fresh);
      });
      expect(seen).toEqual([0, 2, 4]);
      expect(answer.state === "applied" && answer.results.map(({ applied }) => applied)).toEqual([
        "now",
        "before",
        "now",
        "before",
        "now",
      ]);
      for (const operation of operations) expect(await effects(operation)).toEqual([operation]);
    });

    test("an item of which it was said wrongly that nothing was ever begun is applied once all the same", async () => {
      const operations = newOperations(4);
      await batch([operations[2]!], appendEach([operations[2]!]), { keepResult: true });
      const answer = await batch(operations, appendEach(operations), { keepResult: true, neverBegun: true });
      expect(answer).toEqual({
        state: "applied",
        results: operations.map((operation, index) => ({
          applied: index === 2 ? "before" : "now",
          result: JSON.stringify(operation),
        })),
      });
      for (const operation of operations) expect(await effects(operation)).toEqual([operation]);
      const fenced = newOperations(2);
      await harness().store.fence(receipt(fenced[1]!), 10_000);
      expect(await batch(fenced, appendEach(fenced), { neverBegun: true })).toEqual({ state: "fenced", fenced: [1] });
      expect(await effects(fenced[0]!)).toEqual([]);
    });

    test("a batch of which nothing was ever begun writes its receipts also when its work sends nothing", async () => {
      const operations = newOperations(2);
      await batch(operations, async (_, fresh) => fresh.map(() => undefined), { neverBegun: true });
      expect(await harness().store.find(operations.map(receipt), 10_000)).toEqual([true, true]);
    });

    test("rows of one key take effect in the order of the batch, as one after the other would", async () => {
      const operations = newOperations(4);
      const key = newOperation();
      await batch(
        operations,
        appendEach(operations, () => key),
      );
      expect(await effects(key)).toEqual(operations);
      const others = newOperations(3);
      await batch(others, async (graph, fresh) => {
        await graph.mergeNodes(
          harness().item,
          fresh.map((index) => ({ id: key, last: index, [`p${index}`]: index })),
        );
        return fresh.map(() => undefined);
      });
      const node = (await harness().readNodes(harness().item)).find(({ id }) => id === key);
      expect(node).toMatchObject({ last: 2, p0: 0, p1: 1, p2: 2 });
    });

    test("an operation that stands in it twice is applied once", async () => {
      const [first, twice] = newOperations(2) as [string, string];
      const operations = [twice, first, twice];
      expect(await batch(operations, appendEach(operations), { keepResult: true })).toEqual({
        state: "applied",
        results: [
          { applied: "now", result: JSON.stringify(twice) },
          { applied: "now", result: JSON.stringify(first) },
          { applied: "before", result: JSON.stringify(twice) },
        ],
      });
      expect(await effects(twice)).toEqual([twice]);
    });

    test("a fence in it is named, and nothing of the batch is applied", async () => {
      const operations = newOperations(4);
      await harness().store.fence(receipt(operations[2]!), 10_000);
      expect(await batch(operations, appendEach(operations))).toEqual({ state: "fenced", fenced: [2] });
      for (const operation of operations) expect(await effects(operation)).toEqual([]);
      const rest = operations.filter((_, index) => index !== 2);
      expect(await batch(rest, appendEach(rest))).toMatchObject({ state: "applied" });
    });

    test("a failure of its work, or of one of its rows, leaves no effect and no receipt of any item", async () => {
      const operations = newOperations(3);
      await expect(
        batch(operations, async (graph, fresh) => {
          await appendEach(operations)(graph, fresh);
          throw new Error("the oven is off");
        }),
      ).rejects.toThrow("the oven is off");
      const taken = newOperation();
      await once(harness().store, (graph) => graph.createNodes(harness().item, [{ id: taken }]));
      await expect(
        batch(operations, async (graph, fresh) => {
          await appendEach(operations)(graph, fresh);
          await graph.createNodes(harness().item, [{ id: taken }]);
          return fresh.map(() => undefined);
        }),
      ).rejects.toMatchObject({ code: "constraint_violated", kind: "rejected", effect: "none" });
      expect(await harness().store.find(operations.map(receipt), 10_000)).toEqual([false, false, false]);
      for (const operation of operations) expect(await effects(operation)).toEqual([]);
    });

    test("matches see the committed state before its first write", async () => {
      const key = newOperation();
      await once(harness().store, (graph) => graph.mergeNodes(harness().item, [{ id: key, n: 1 }]));
      const operations = newOperations(2);
      await batch(operations, async (graph, fresh) => {
        expect(await graph.matchNodes(harness().item, { keys: [key] })).toEqual([{ id: key, n: 1 }]);
        return fresh.map(() => undefined);
      });
    });

    test("an end of its attempt ends it without effect", async () => {
      const operations = newOperations(2);
      const attempt = new Attempt(operations[0]!, 1, 20_000);
      const answer = batch(
        operations,
        async (graph, fresh) => {
          await appendEach(operations)(graph, fresh);
          attempt.end(new Error("timed out"));
          return fresh.map(() => undefined);
        },
        { attempt },
      );
      await expect(answer).rejects.toThrow("timed out");
      for (const operation of operations) expect(await effects(operation)).toEqual([]);
      expect(await batch(operations, appendEach(operations))).toMatchObject({ state: "applied" });
    });

    test("eight batches at once over the same and overlapping operations apply each once, and none fails", async () => {
      const operations = newOperations(60);
      const answers = await Promise.all(
        Array.from({ length: 8 }, (_, worker) => {
          const part = [...operations.slice(worker * 5), ...operations.slice(0, worker * 3)];
          return batch(part, appendEach(part));
        }),
      );
      expect(answers.map(({ state }) => state)).toEqual(answers.map(() => "applied"));
      const applied = answers.flatMap((answer) => (answer.state === "applied" ? answer.results : []));
      expect(applied.filter((result) => result.applied === "now")).toHaveLength(60);
      const nodes = await harness().readNodes(harness().item);
      for (const operation of operations)
        expect(nodes.find(({ id }) => id === operation)?.effects).toEqual([operation]);
    });

    test("more items than a statement takes arrive, each once", async () => {
      const operations = newOperations(1_000);
      await batch(operations, appendEach(operations));
      const nodes = new Map((await harness().readNodes(harness().item)).map((node) => [node.id, node.effects]));
      for (const operation of operations) expect(nodes.get(operation)).toEqual([operation]);
    });
  });
}
