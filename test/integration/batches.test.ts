import { join } from "node:path";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { defineOperation, dependency, MisuseError, silentLogger } from "../../src/index.ts";
import { receiptOperationId } from "../../src/operations/operation-id.ts";
import { systemClock } from "../../src/system-clock.ts";
import { batchedLedger, holdingBacklog, POISON, QUICK, running } from "../support/batched-ledger.ts";
import { until } from "../support/ledger.ts";

const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, index) => from + index);

describe("a backlog of a definition with executeBatch", () => {
  it("is drained in as many transactions as batches fill, not one each", async () => {
    const ledger = batchedLedger({ maximumBatchItems: 50 });
    const runtime = await holdingBacklog(
      ledger,
      range(1, 400).map((number) => ({ lane: `lane-${number}`, number })),
    );
    ledger.faulty.restore();
    await until("all to end", () => ledger.journal().ended.length === 400);
    expect(ledger.lanes().size).toBe(400);
    for (const number of range(1, 400)) expect(ledger.lanes().get(`lane-${number}`)).toEqual([number]);
    const { single, batches } = ledger.transactions;
    expect(batches.reduce((sum, items) => sum + items, 0) + single).toBe(400);
    expect(Math.max(...batches)).toBe(50);
    expect(batches.length + single).toBeLessThanOrEqual(16);
    expect(runtime.status().queue.counts.ready).toBe(0);
  });

  it("invariant 3: keeps each lane's order, within a batch and over batches", async () => {
    const ledger = batchedLedger({ maximumBatchItems: 30 });
    await holdingBacklog(
      ledger,
      range(1, 50).flatMap((number) => ["a", "b", "c", "d"].map((lane) => ({ lane, number }))),
    );
    ledger.faulty.restore();
    await until("all to end", () => ledger.journal().ended.length === 200);
    for (const lane of ["a", "b", "c", "d"]) expect(ledger.lanes().get(lane)).toEqual(range(1, 50));
    expect(ledger.transactions.batches.some((items) => items > 1)).toBe(true);
  });

  it("gives each caller its own value, and live calls go through execute, one by one", async () => {
    const ledger = batchedLedger();
    const runtime = await holdingBacklog(
      ledger,
      range(1, 9).map((number) => ({ lane: `lane-${number}`, number })),
    );
    ledger.faulty.restore();
    await until("all to end", () => ledger.journal().ended.length === 9);
    for (const number of range(1, 9))
      expect(await runtime.result(`op_${number}`)).toMatchObject({ status: "completed", value: { appended: number } });
    const before = { single: ledger.transactions.single, batches: ledger.transactions.batches.length };
    expect(await runtime.submit(ledger.append, { lane: "live", number: 10 })).toMatchObject({
      status: "completed",
      value: { appended: 10 },
    });
    expect(ledger.transactions).toMatchObject({ single: before.single + 1 });
    expect(ledger.transactions.batches).toHaveLength(before.batches);
  });

  it("executes what was accepted under one key once, and keeps the value for whoever asks again", async () => {
    const ledger = batchedLedger();
    ledger.faulty.cut();
    const runtime = await running(ledger.dataDirectory, [ledger.append]);
    const submit = (number: number) =>
      runtime.submit(ledger.append, { lane: "a", number }, { idempotencyKey: `key-${number}` });
    await Promise.all([1, 2, 3].map(submit));
    ledger.faulty.restore();
    await until("all to end", () => ledger.journal().ended.length === 3);
    expect(await submit(2)).toMatchObject({ status: "completed", value: { appended: 2 } });
    expect(ledger.lanes().get("a")).toEqual([1, 2, 3]);
  });
});

describe("a batch with an operation that fails by its own fault", () => {
  const lanes = ["a", "b", "c", "d", "e", "f", "g"];
  const rows = lanes.flatMap((lane) =>
    [1, 2, 3].map((number) => ({ lane, number: lane === "d" && number === 2 ? POISON : number })),
  );

  it("invariants 2, 3: executes every other one once, and parks that one's lane behind it", async () => {
    const ledger = batchedLedger();
    const runtime = await holdingBacklog(ledger, rows);
    ledger.faulty.restore();
    await until("the dead letter, and all others to end", () => ledger.journal().ended.length === 19);
    for (const lane of lanes) expect(ledger.lanes().get(lane)).toEqual(lane === "d" ? [1] : [1, 2, 3]);
    const [dead] = (await runtime.deadLetters.list()).rows;
    expect(dead).toMatchObject({ error: { code: "type_error" }, attempts: 1 });
    // Its lane mate waits behind it, and was never tried.
    expect(ledger.journal().waiting).toMatchObject([{ attempts: 1 }, { attempts: 0, interruptions: 0 }]);
    await runtime.deadLetters.discard(dead!.operationId, { reason: "it was poison" });
    await until("its lane mate to end", () => ledger.lanes().get("d")?.length === 2);
    expect(ledger.lanes().get("d")).toEqual([1, 3]);
  });

  it("goes on past it where the definition says so, in the lane's order", async () => {
    const ledger = batchedLedger({ onDeadLetter: "skip" });
    await holdingBacklog(ledger, rows);
    ledger.faulty.restore();
    await until("all others to end", () => ledger.journal().ended.length === 20);
    for (const lane of lanes) expect(ledger.lanes().get(lane)).toEqual(lane === "d" ? [1, 3] : [1, 2, 3]);
  });

  it("fails a stored input that is not valid any more by itself, and no other", async () => {
    const ledger = batchedLedger();
    const runtime = await holdingBacklog(
      ledger,
      lanes.flatMap((lane) => [1, 2, 3].map((number) => ({ lane, number }))),
    );
    await runtime.stop();
    const database = new Database(join(ledger.dataDirectory, "journal.db"));
    // The second of lane d: as if the schema had become stricter.
    database.prepare(`UPDATE operation SET input = '{"lane":"d","number":"two"}' WHERE sequence = 11`).run();
    database.close();
    ledger.faulty.restore();
    await running(ledger.dataDirectory, [ledger.append]);
    await until("all others to end", () => ledger.journal().ended.length === 19);
    for (const lane of lanes) expect(ledger.lanes().get(lane)).toEqual(lane === "d" ? [1] : [1, 2, 3]);
    expect(ledger.journal().waiting.map(({ sequence }) => sequence)).toEqual([11, 12]);
  });

  it("fails what a fence forbids by itself, and executes no lane mate behind it", async () => {
    const ledger = batchedLedger();
    const runtime = await holdingBacklog(
      ledger,
      lanes.flatMap((lane) => [1, 2, 3].map((number) => ({ lane, number }))),
    );
    await runtime.stop();
    const journal = new Database(join(ledger.dataDirectory, "journal.db"), { readonly: true });
    const journalId = journal.prepare("SELECT journal_id FROM meta").pluck().get() as string;
    journal.close();
    ledger.faulty.restore();
    const graph = ledger.faulty.dependency.connect({ clock: systemClock, logger: silentLogger });
    await graph.receipts!.fence({ operationId: receiptOperationId(journalId, "op_11"), incarnation: 0 }, 10_000);
    await graph.close();
    const next = await running(ledger.dataDirectory, [ledger.append]);
    await until("all others to end", () => ledger.journal().ended.length === 19);
    for (const lane of lanes) expect(ledger.lanes().get(lane)).toEqual(lane === "d" ? [1] : [1, 2, 3]);
    expect((await next.deadLetters.list()).rows).toMatchObject([{ operationId: "op_11", error: { code: "fenced" } }]);
  });

  it("executes all of them one by one when executeBatch answers with too few values", async () => {
    const ledger = batchedLedger();
    let batches = 0;
    const sloppy = defineOperation({
      name: "ledger.append",
      version: 1,
      input: ledger.append.input,
      dependsOn: ledger.append.dependsOn,
      orderingKey: ({ lane }) => `ledger:${lane}`,
      execute: ({ input, graph }) =>
        graph.append("Lane", [{ key: input.lane, property: "numbers", values: [input.number] }]).then(() => 1),
      executeBatch: () => {
        batches += 1;
        return [];
      },
    });
    ledger.faulty.cut();
    const runtime = await running(ledger.dataDirectory, [sloppy]);
    await runtime.submitMany(
      sloppy,
      range(1, 6).map((number) => ({ lane: "a", number })),
    );
    ledger.faulty.restore();
    await until("all to end", () => ledger.journal().ended.length === 6);
    expect(ledger.lanes().get("a")).toEqual(range(1, 6));
    expect(batches).toBeGreaterThan(0);
  });
});

describe("a batch that fails for a reason that may pass", () => {
  it("counts an attempt for the first of each lane, and none for its lane mates", async () => {
    let failing = true;
    const ledger = batchedLedger({
      before: (numbers) => {
        if (failing && numbers.length > 1) throw Object.assign(new Error("the oven is hot"), { retryable: true });
      },
    });
    const config = { ...QUICK, operations: { retry: { maximumAttempts: 8, initialPauseMs: 60_000 } } };
    await holdingBacklog(
      ledger,
      ["a", "b", "c"].flatMap((lane) => [1, 2, 3].map((number) => ({ lane, number }))),
      config,
    );
    ledger.faulty.restore();
    await until("the attempt to have failed", () => ledger.journal().waiting.some(({ attempts }) => attempts === 1));
    await until("the mates to wait again", () => ledger.journal().waiting.every(({ state }) => state !== 3));
    const { waiting } = ledger.journal();
    failing = false;
    expect(waiting.map(({ attempts, interruptions }) => [attempts, interruptions])).toEqual(
      ["a", "b", "c"].flatMap(() => [
        [1, 0],
        [0, 0],
        [0, 0],
      ]),
    );
  });

  it("is tried again in smaller ones, so that what is too much for one transaction passes", async () => {
    const sizes: number[] = [];
    const ledger = batchedLedger({
      maximumBatchItems: 64,
      before: (numbers) => {
        sizes.push(numbers.length);
        if (numbers.length > 8) throw Object.assign(new Error("out of memory"), { retryable: true });
      },
    });
    await holdingBacklog(
      ledger,
      range(1, 64).map((number) => ({ lane: `lane-${number}`, number })),
    );
    ledger.faulty.restore();
    await until("all to end", () => ledger.journal().ended.length === 64);
    expect(Math.max(...sizes)).toBeGreaterThan(8);
    expect(ledger.lanes().size).toBe(64);
    expect(ledger.journal().ended.every(({ attempts }) => attempts <= 2)).toBe(true);
  });

  it("invariant 2: applies nothing twice when the commit's answer is lost, and marks all as begun", async () => {
    const ledger = batchedLedger();
    await holdingBacklog(
      ledger,
      ["a", "b", "c"].flatMap((lane) => range(1, 5).map((number) => ({ lane, number }))),
    );
    ledger.faulty.swallowCommitAnswers(1);
    ledger.faulty.restore();
    await until("all to end", () => ledger.journal().ended.length === 15);
    for (const lane of ["a", "b", "c"]) expect(ledger.lanes().get(lane)).toEqual(range(1, 5));
    expect(ledger.faulty.counts.swallowed).toBe(1);
    expect(ledger.faulty.counts.foundBefore).toBeGreaterThan(1);
    // Who may have had an effect was interrupted or tried, so that a fence would come before an end without it.
    expect(ledger.journal().ended.filter(({ attempts }) => attempts > 0).length).toBeGreaterThan(0);
  });

  it("ends with its attempt's time and has no effect afterwards", async () => {
    const release = Promise.withResolvers<void>();
    let first = true;
    const ledger = batchedLedger({
      attemptTimeoutMs: 200,
      before: async (numbers) => {
        if (numbers.length > 1 && first) {
          first = false;
          await release.promise;
        }
      },
    });
    await holdingBacklog(
      ledger,
      range(1, 10).map((number) => ({ lane: `lane-${number}`, number })),
    );
    ledger.faulty.restore();
    await until("all to end", () => ledger.journal().ended.length === 10);
    release.resolve();
    await new Promise((resolve) => setTimeout(resolve, 50));
    for (const number of range(1, 10)) expect(ledger.lanes().get(`lane-${number}`)).toEqual([number]);
  });

  it("waits again uncounted when the runtime stops under it", async () => {
    const begun = Promise.withResolvers<void>();
    const ledger = batchedLedger({
      before: async (numbers) => {
        if (numbers.length < 2) return;
        begun.resolve();
        await new Promise(() => {});
      },
    });
    const runtime = await holdingBacklog(
      ledger,
      ["a", "b"].flatMap((lane) => range(1, 3).map((number) => ({ lane, number }))),
      { ...QUICK, stopWithinMs: 100 },
    );
    ledger.faulty.restore();
    await begun.promise;
    await runtime.stop();
    expect(ledger.journal().waiting.map(({ attempts }) => attempts)).toEqual([0, 0, 0, 0, 0, 0]);
    expect(ledger.lanes().size).toBe(0);
  });
});

describe("operations beside those with batches", () => {
  it("are executed as ever, in the same pool, each in its own transaction", async () => {
    const ledger = batchedLedger();
    const note = defineOperation({
      name: "ledger.note",
      version: 1,
      input: z.object({ id: z.string() }),
      dependsOn: ledger.append.dependsOn,
      execute: ({ input, graph }) => graph.mergeNodes("Lane", [{ id: input.id, noted: true }]),
    });
    ledger.faulty.cut();
    const runtime = await running(ledger.dataDirectory, [ledger.append, note]);
    for (const number of range(1, 60)) {
      await runtime.submit(ledger.append, { lane: `lane-${number}`, number });
      await runtime.submit(note, { id: `note-${number}` });
    }
    ledger.faulty.restore();
    await until("all to end", () => ledger.journal().ended.length === 120);
    for (const number of range(1, 60)) expect(ledger.lanes().get(`lane-${number}`)).toEqual([number]);
    expect(ledger.transactions.single).toBeGreaterThanOrEqual(60);
    expect(ledger.transactions.batches.reduce((sum, items) => sum + items, 0)).toBeLessThanOrEqual(60);
  });
});

describe("defining executeBatch", () => {
  const search = dependency({ name: "search", probe: () => {} });
  const graph = dependency({ name: "graph", probe: () => {} });
  const valid = { name: "a", version: 1, input: z.string(), execute: () => {}, executeBatch: () => {} } as const;

  it.each([
    ["for what cannot wait", { dependsOn: { graph }, queueable: false }, "queueable"],
    ["without a dependency", {}, "exactly one dependency"],
    ["with a second dependency", { dependsOn: { graph, search } }, "exactly one dependency"],
    ["with no item", { dependsOn: { graph }, maximumBatchItems: 0 }, "maximumBatchItems"],
    ["with too many items", { dependsOn: { graph }, maximumBatchItems: 1_001 }, "maximumBatchItems"],
    ["with half an item", { dependsOn: { graph }, maximumBatchItems: 1.5 }, "maximumBatchItems"],
    ["that is no function", { dependsOn: { graph }, executeBatch: true }, "executeBatch"],
    ["that is missing where its size is given", { executeBatch: undefined, maximumBatchItems: 5 }, "executeBatch"],
  ])("is refused %s", (_, part, says) => {
    const define = () => defineOperation({ ...valid, ...part } as never);
    expect(define).toThrow(MisuseError);
    expect(define).toThrow(says);
  });

  it("is refused by a runtime where the dependency keeps no receipts", async () => {
    const ledger = batchedLedger();
    const definition = defineOperation({ ...valid, dependsOn: { search } });
    await expect(running(ledger.dataDirectory, [definition])).rejects.toMatchObject({ code: "invalid_definition" });
  });
});
