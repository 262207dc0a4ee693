import { describe, expect, test } from "vitest";
import { Attempt } from "../../src/dependencies/attempt.ts";
import { type Graph, type GraphHarness, newOperation, once, type OnceOptions } from "./graph-harness.ts";

/** Invariant 2, nothing twice, as far as it is the graph's part. */
export function receiptConformance(harness: () => GraphHarness): void {
  /** An effect that would show if it happened twice. */
  const append = (key: string) => (graph: Graph) =>
    graph.append(harness().item, [{ key, property: "effects", values: [1] }]);

  const effects = async (key: string): Promise<number> => {
    const node = (await harness().readNodes(harness().item)).find(({ id }) => id === key);
    return Array.isArray(node?.effects) ? node.effects.length : 0;
  };

  const run = (work: (graph: Graph) => Promise<unknown>, options: OnceOptions) => once(harness().store, work, options);

  describe("receipts", () => {
    test("a replay applies nothing and returns the result that was kept", async () => {
      const operation = newOperation();
      const work = async (graph: Graph): Promise<unknown> => {
        await append(operation)(graph);
        return { answer: 42 };
      };
      expect(await run(work, { operation, keepResult: true })).toEqual({ applied: "now", result: '{"answer":42}' });
      expect(await run(async (graph) => append(operation)(graph), { operation, keepResult: true })).toEqual({
        applied: "before",
        result: '{"answer":42}',
      });
      expect(await effects(operation)).toBe(1);
    });

    test("a replay finds no result where none was kept", async () => {
      const operation = newOperation();
      await run(append(operation), { operation });
      expect(await run(append(operation), { operation })).toEqual({ applied: "before", result: undefined });
    });

    test("a replay is one even when its handler fails over what the first had done", async () => {
      const operation = newOperation();
      const create = async (graph: Graph): Promise<void> => {
        await graph.createNodes(harness().item, [{ id: operation }]);
      };
      await run(create, { operation });
      expect(await run(create, { operation })).toMatchObject({ applied: "before" });
      const throws = async (graph: Graph): Promise<void> => {
        await create(graph);
        throw new Error("it is there already");
      };
      expect(await run(throws, { operation })).toMatchObject({ applied: "before" });
      const reads = async (graph: Graph): Promise<void> => {
        const found = await graph.matchNodes(harness().item, { keys: [operation] });
        if (found.length > 0) throw new Error("it is there already");
      };
      expect(await run(reads, { operation })).toMatchObject({ applied: "before" });
    });

    test("a handler that never touches the graph leaves a receipt all the same", async () => {
      const operation = newOperation();
      expect(await run(async () => "done", { operation, keepResult: true })).toMatchObject({ applied: "now" });
      expect(await harness().store.fence({ operationId: operation, incarnation: 1 }, 10_000)).toEqual({
        state: "applied",
        result: '"done"',
      });
    });

    test("without a receipt it applies each time and writes none", async () => {
      const key = newOperation();
      const before = await harness().readReceipts();
      for (let time = 0; time < 2; time++)
        expect(await run(append(key), { receipt: false })).toMatchObject({ applied: "now" });
      expect(await effects(key)).toBe(2);
      expect(await harness().readReceipts()).toHaveLength(before.length);
    });

    test("twenty attempts under one receipt at once apply one", async () => {
      const operation = newOperation();
      const results = await Promise.all(Array.from({ length: 20 }, () => run(append(operation), { operation })));
      expect(results.filter(({ applied }) => applied === "now")).toHaveLength(1);
      expect(await effects(operation)).toBe(1);
    });

    test("forty operations on one key at once all apply", async () => {
      const key = newOperation();
      await Promise.all(Array.from({ length: 40 }, () => run(append(key), {})));
      expect(await effects(key)).toBe(40);
    });

    test("operations that fail do not disturb those that commit beside them", async () => {
      const [good, taken] = [newOperation(), newOperation()];
      await run((graph) => graph.createNodes(harness().item, [{ id: taken }]), {});
      const results = await Promise.allSettled(
        Array.from({ length: 20 }, (_, n) =>
          run(n % 2 === 0 ? append(good) : (graph) => graph.createNodes(harness().item, [{ id: taken }]), {}),
        ),
      );
      expect(results.map(({ status }) => status)).toEqual(
        Array.from({ length: 20 }, (_, n) => (n % 2 === 0 ? "fulfilled" : "rejected")),
      );
      expect(await effects(good)).toBe(10);
    });

    test("a failed attempt leaves no receipt: the next one applies", async () => {
      const operation = newOperation();
      await expect(
        run(
          async (graph) => {
            await append(operation)(graph);
            throw new Error("the oven is off");
          },
          { operation },
        ),
      ).rejects.toThrow("the oven is off");
      expect(await effects(operation)).toBe(0);
      expect(await run(append(operation), { operation })).toMatchObject({ applied: "now" });
    });

    test("find tells which have had an effect, and purge forgets them", async () => {
      const [done, fenced, unknown] = [newOperation(), newOperation(), newOperation()].map((operationId) => ({
        operationId,
        incarnation: 1,
      }));
      await run(append(done!.operationId), { operation: done!.operationId });
      await harness().store.fence(fenced!, 10_000);
      expect(await harness().store.find([unknown!, done!, fenced!], 10_000)).toEqual([false, true, false]);
      await harness().store.purge([done!, fenced!, unknown!], 10_000);
      expect(await harness().store.find([done!], 10_000)).toEqual([false]);
      expect(await run(append(fenced!.operationId), { operation: fenced!.operationId })).toMatchObject({
        applied: "now",
      });
    });
  });

  describe("fences", () => {
    test("a fence forbids its incarnation any effect, and the next incarnation none", async () => {
      const operation = newOperation();
      const fence = { operationId: operation, incarnation: 1 };
      expect(await harness().store.fence(fence, 10_000)).toEqual({ state: "fenced" });
      expect(await harness().store.fence(fence, 10_000)).toEqual({ state: "fenced" });
      await expect(run(append(operation), { operation })).rejects.toMatchObject({
        code: "fenced",
        kind: "rejected",
        effect: "none",
        retryable: false,
      });
      expect(await effects(operation)).toBe(0);
      expect(await run(append(operation), { operation, incarnation: 2 })).toMatchObject({ applied: "now" });
    });

    test("a fence finds the effect that came before it, with its result", async () => {
      const operation = newOperation();
      await run(
        async (graph) => {
          await append(operation)(graph);
          return "kept";
        },
        { operation, keepResult: true },
      );
      expect(await harness().store.fence({ operationId: operation, incarnation: 1 }, 10_000)).toEqual({
        state: "applied",
        result: '"kept"',
      });
    });

    test("a fence and an attempt at the same time agree on what happened", async () => {
      for (let round = 0; round < 10; round++) {
        const operation = newOperation();
        const [attempt, fence] = await Promise.allSettled([
          run(append(operation), { operation }),
          harness().store.fence({ operationId: operation, incarnation: 1 }, 10_000),
        ]);
        const applied = attempt.status === "fulfilled";
        expect(fence).toMatchObject({ status: "fulfilled", value: { state: applied ? "applied" : "fenced" } });
        expect(await effects(operation)).toBe(applied ? 1 : 0);
      }
    });
  });

  describe("an attempt's end", () => {
    test("ended before it began, the handler does not run", async () => {
      const attempt = new Attempt("ended", 1, 1_000);
      const reason = new Error("stopped");
      attempt.end(reason);
      let ran = false;
      await expect(run(async () => void (ran = true), { attempt })).rejects.toBe(reason);
      expect(ran).toBe(false);
    });

    test("ended while the handler is busy elsewhere, it rejects with the reason, and what comes later has no effect", async () => {
      const operation = newOperation();
      const attempt = new Attempt(operation, 1, 20_000);
      const late: unknown[] = [];
      let goOn = (): void => {};
      const handlerIsBusy = Promise.withResolvers<void>();
      const handlerIsDone = Promise.withResolvers<void>();
      const outcome = run(
        async (graph) => {
          await append(operation)(graph);
          await new Promise<void>((resolve) => {
            goOn = resolve;
            handlerIsBusy.resolve();
          });
          await append(operation)(graph).catch((error: unknown) => late.push(error));
          setImmediate(handlerIsDone.resolve);
        },
        { operation, attempt },
      );
      const rejected = outcome.catch((error: unknown) => error);
      await handlerIsBusy.promise;
      attempt.end(new Error("too slow"));
      expect(await rejected).toMatchObject({ message: "too slow" });
      goOn();
      await handlerIsDone.promise;
      expect(late).toMatchObject([{ code: "transaction_closed" }]);
      await new Promise((resolve) => setTimeout(resolve, 200));
      expect(await effects(operation)).toBe(0);
      expect(await harness().store.fence({ operationId: operation, incarnation: 1 }, 10_000)).toEqual({
        state: "fenced",
      });
    });

    test("a handler that keeps its transaction gets an error from it later", async () => {
      const operation = newOperation();
      let kept: Graph | undefined;
      await run(
        async (graph) => {
          kept = graph;
          await append(operation)(graph);
        },
        { operation },
      );
      await expect(append(operation)(kept!)).rejects.toMatchObject({ code: "transaction_closed" });
      await expect(kept!.matchNodes(harness().item, {})).rejects.toMatchObject({ code: "transaction_closed" });
      expect(await effects(operation)).toBe(1);
    });

    test("a handler that forgets to await its calls loses nothing", async () => {
      const operation = newOperation();
      await run(
        async (graph) => {
          void append(operation)(graph);
          void append(operation)(graph);
        },
        { operation },
      );
      expect(await effects(operation)).toBe(2);
    });

    test("a handler that swallows a failed statement does not get half of its effect", async () => {
      const [operation, taken] = [newOperation(), newOperation()];
      await run((graph) => graph.createNodes(harness().item, [{ id: taken }]), {});
      const outcome = run(
        async (graph) => {
          await append(operation)(graph);
          await graph.createNodes(harness().item, [{ id: taken }]).catch(() => {});
          await append(operation)(graph).catch(() => {});
          return "all is well";
        },
        { operation },
      );
      await expect(outcome).rejects.toMatchObject({ code: "constraint_violated", kind: "rejected", effect: "none" });
      expect(await effects(operation)).toBe(0);
    });
  });
}
