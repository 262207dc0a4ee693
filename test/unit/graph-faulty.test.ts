import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { Attempt } from "../../src/dependencies/attempt.ts";
import { dependency } from "../../src/dependencies/define-dependency.ts";
import { embeddedGraph } from "../../src/graph/embedded/index.ts";
import { silentLogger } from "../../src/ports.ts";
import { systemClock } from "../../src/system-clock.ts";
import { type FaultPoint, faultyGraph, type FaultyGraphOptions } from "../../src/testing/faulty-graph.ts";

const context = { clock: systemClock, logger: silentLogger };

function open(options: FaultyGraphOptions = {}) {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-faulty-"));
  const faulty = faultyGraph(
    embeddedGraph({ file: join(folder, "graph.db"), nodes: { Lane: { key: "id" } } }),
    options,
  );
  const connection = faulty.dependency.connect(context);
  onTestFinished(async () => {
    faulty.restore();
    await connection.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const append = (operation: string, attempt = new Attempt(operation, 1, 10_000), between: () => void = () => {}) =>
    connection.receipts!.once(
      { receipt: { operationId: operation, incarnation: 1 }, keepResult: false, attempt },
      async (graph) => {
        await graph.append("Lane", [{ key: "a", property: "numbers", values: [1] }]);
        between();
        await graph.append("Lane", [{ key: "a", property: "numbers", values: [2] }]);
        return undefined;
      },
    );
  const numbers = async (): Promise<unknown> =>
    (await connection.handle(new Attempt("read", 1, 10_000)).matchNodes("Lane", {}))[0]?.numbers;
  return { faulty, connection, append, numbers };
}

describe("a faulty graph", () => {
  test("passes everything on while there is no fault", async () => {
    const { faulty, connection, append, numbers } = open();
    await connection.probe(10_000);
    expect(await append("op")).toEqual({ applied: "now", result: undefined });
    expect(await append("op")).toEqual({ applied: "before", result: undefined });
    expect(await numbers()).toEqual([1, 2]);
    expect(faulty.counts).toMatchObject({ begun: 2, committed: 1, foundBefore: 1, swallowed: 0 });
    expect(faulty.probes).toHaveLength(1);
  });

  test("a cut fails calls with no effect, and probes and fences at once", async () => {
    const { faulty, connection, append, numbers } = open();
    await expect(append("op", undefined, () => faulty.cut())).rejects.toMatchObject({
      code: "connection_lost",
      kind: "unavailable",
      effect: "none",
    });
    await expect(connection.probe(10_000)).rejects.toMatchObject({ code: "connection_lost" });
    await expect(connection.receipts!.fence({ operationId: "op", incarnation: 1 }, 10_000)).rejects.toMatchObject({
      code: "connection_lost",
    });
    faulty.restore();
    expect(await numbers()).toBeUndefined();
    expect(await append("op")).toMatchObject({ applied: "now" });
  });

  test("a cut after the commit has been sent leaves its effect unknown", async () => {
    let cut = (): void => {};
    const { faulty, append, numbers } = open({ onPoint: (point) => void (point === "afterCommit" && cut()) });
    cut = () => faulty.cut();
    await expect(append("op")).rejects.toMatchObject({ code: "connection_lost", effect: "unknown" });
    cut = () => {};
    faulty.restore();
    expect(await append("op")).toMatchObject({ applied: "before" });
    expect(await numbers()).toEqual([1, 2]);
  });

  test("swallowed answers: the effect happens, the answer is lost, the replay finds it", async () => {
    const { faulty, append, numbers } = open();
    faulty.swallowCommitAnswers(2);
    for (const operation of ["op 1", "op 2"])
      await expect(append(operation)).rejects.toMatchObject({ code: "connection_lost", effect: "unknown" });
    expect(faulty.counts.swallowed).toBe(2);
    expect(await numbers()).toEqual([1, 2, 1, 2]);
    for (const operation of ["op 1", "op 2"]) expect(await append(operation)).toMatchObject({ applied: "before" });
    expect(await numbers()).toEqual([1, 2, 1, 2]);
  });

  test("a stall in a call ends with its attempt as the graph's failure, without effect, also when it goes on later", async () => {
    const { faulty, append, numbers } = open();
    const attempt = new Attempt("op", 1, 10_000);
    const outcome = append("op", attempt, () => faulty.stall());
    const rejected = outcome.catch((error: unknown) => error);
    await new Promise((resolve) => setTimeout(resolve, 50));
    attempt.end(new Error("timed out"));
    expect(await rejected).toMatchObject({ code: "no_answer", kind: "unavailable", effect: "none" });
    faulty.restore();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await numbers()).toBeUndefined();
  });

  test("what is stalled goes on when it is restored in time", async () => {
    const { faulty, append, numbers } = open();
    const outcome = append("op", undefined, () => faulty.stall());
    await new Promise((resolve) => setTimeout(resolve, 50));
    faulty.restore();
    expect(await outcome).toMatchObject({ applied: "now" });
    expect(await numbers()).toEqual([1, 2]);
  });

  test("a stalled probe and fence end within their time", async () => {
    const { faulty, connection } = open();
    faulty.stall();
    await expect(connection.probe(50)).rejects.toMatchObject({ code: "no_answer", kind: "unavailable" });
    await expect(connection.receipts!.fence({ operationId: "op", incarnation: 1 }, 50)).rejects.toMatchObject({
      code: "no_answer",
    });
  });

  test("a delay is added to each call and to the commit", async () => {
    const { faulty, append } = open();
    await append("warm");
    faulty.delay(30);
    const startedAt = performance.now();
    await append("op");
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(85);
  });

  test("names its points in their order, and waits at each", async () => {
    const points: FaultPoint[] = [];
    const go = Promise.withResolvers<void>();
    const { append, numbers } = open({
      onPoint: (point, { operationId, attempt, receipt }) => {
        expect([operationId, attempt, receipt]).toEqual(["op", 1, { operationId: "op", incarnation: 1 }]);
        points.push(point);
        return point === "afterCommit" ? go.promise : undefined;
      },
    });
    let answered = false;
    const outcome = append("op").then(() => (answered = true));
    while (points.at(-1) !== "afterCommit") await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await numbers()).toEqual([1, 2]);
    expect(answered).toBe(false);
    go.resolve();
    await outcome;
    expect(points).toEqual(["beforeBegin", "betweenStatements", "beforeCommit", "afterCommit"]);
  });

  test("is only for what keeps receipts", () => {
    const plain = dependency({ name: "search", probe: () => {} });
    expect(() => faultyGraph(plain).dependency.connect(context)).toThrow(
      expect.objectContaining({ code: "no_receipts" }),
    );
  });
});
