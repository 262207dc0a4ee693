import { spawnSync } from "node:child_process";
import type { Worker } from "node:worker_threads";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Kysely } from "kysely";
import type { Database } from "../../src/storage/database.ts";
import { openReader } from "../../src/storage/open-reader.ts";
import { drainRemainder } from "../../src/storage/reads/drain-remainder.ts";
import { countEndedSince, sampleEndedSince } from "../../src/storage/reads/ended-since.ts";
import { findOperation } from "../../src/storage/reads/find-operation.ts";
import { listAudit } from "../../src/storage/reads/list-audit.ts";
import { listDeadLetters } from "../../src/storage/reads/list-dead-letters.ts";
import { listOperations } from "../../src/storage/reads/list-operations.ts";
import { listPurgeable } from "../../src/storage/reads/list-purgeable.ts";
import { listTransitions } from "../../src/storage/reads/list-transitions.ts";
import { countReady, oldestWaiting } from "../../src/storage/reads/oldest-waiting.ts";
import { temporaryFolder } from "../support/ledger.ts";
import { failure, LIFE_MS, onlyRun, openTestJournal, START, type TestJournal } from "./journal-fixture.ts";

const CLOSED_UNDER_A_QUERY = fileURLToPath(new URL("./closed-reader.ts", import.meta.url));

const LANE = 42;
const hash = "k".repeat(32);

async function openWithReader(): Promise<TestJournal & { readonly database: Kysely<Database> }> {
  const opened = await openTestJournal();
  const reader = openReader({ dataDirectory: opened.directory });
  onTestFinished(() => reader.close());
  return { ...opened, database: reader.database };
}

async function bury(opened: TestJournal, sequence: number, skip: boolean): Promise<void> {
  const run = onlyRun(await opened.claim({ runs: 1, preferred: [[], [], [sequence]], runRows: 1 }));
  await Promise.all([
    opened.journal.bury({ sequence, token: run.token, error: failure, skip }),
    opened.journal.finishRun(run.token),
  ]);
}

describe("the reader", () => {
  test("it reads through Kysely from another thread and can change nothing", async () => {
    const { accept, database } = await openWithReader();
    await accept({ principal: "anna" });
    expect(await database.selectFrom("operation").select(["sequence", "principal"]).execute()).toEqual([
      { sequence: 1, principal: "anna" },
    ]);
    await expect(database.deleteFrom("operation").execute()).rejects.toMatchObject({ name: "StorageError" });
    await expect(database.transaction().execute(async () => undefined)).rejects.toMatchObject({ code: "read_only" });
    expect(await database.selectFrom("operation").select("sequence").execute()).toHaveLength(1);
  });

  test("a query that is wrong is refused, and the next one is answered", async () => {
    const { database } = await openWithReader();
    await expect(
      database
        .selectFrom("no_such_table" as "pool")
        .selectAll()
        .execute(),
    ).rejects.toThrow(/no_such_table/);
    expect(await database.selectFrom("pool").select("name").orderBy("id").execute()).toEqual([
      { name: "graph" },
      { name: "search" },
    ]);
  });

  test("after it is closed it says so", async () => {
    const { directory } = await openTestJournal();
    const reader = openReader({ dataDirectory: directory });
    await reader.close();
    await expect(reader.database.selectFrom("pool").selectAll().execute()).rejects.toMatchObject({
      code: "reader_closed",
    });
  });

  test("closed under a query, it answers that, and the process lives to hear that it is closed", () => {
    const directory = temporaryFolder();
    const { status, stdout, stderr } = spawnSync(process.execPath, [CLOSED_UNDER_A_QUERY, directory], {
      encoding: "utf8",
    });
    // Node ends a process whose top level waits for what nothing is left to bring about with 13.
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(JSON.parse(stdout)).toEqual([{ one: 1 }]);
  });

  test("while it is being closed, what was asked before is answered, and what is asked now refused", async () => {
    const { directory } = await openTestJournal();
    const { database, close } = openReader({ dataDirectory: directory });
    const ask = () => database.selectFrom("pool").select("name").where("id", "=", 1).execute();
    await ask();
    const underWay = ask();
    // Kysely asks its driver some turns later.
    await new Promise((resolve) => setImmediate(resolve));
    const closed = close();
    await expect(ask()).rejects.toMatchObject({ code: "reader_closed" });
    expect(await underWay).toEqual([{ name: "graph" }]);
    await closed;
  });
});

describe("finding one operation", () => {
  test("by id and by number: waiting, parked, and ended with its result", async () => {
    const opened = await openWithReader();
    const { accept, claim, journal, database } = opened;
    await Promise.all([
      accept({ lane: LANE }),
      accept({ lane: LANE }),
      accept({ key: { hash, inputHash: "i", until: START } }),
    ]);
    expect(await findOperation(database, "op_2")).toMatchObject({
      found: "waiting",
      operation: { operationId: "op_2", state: "blocked", name: "first", version: 1, pool: "graph", lane: LANE },
    });
    await bury(opened, 1, false);
    expect(await findOperation(database, "op_2")).toMatchObject({ operation: { state: "parked" } });
    expect(await findOperation(database, 1)).toMatchObject({
      operation: { state: "dead", error: failure, deadSince: START, skipped: false },
    });
    const run = onlyRun(await claim());
    await journal.end({
      sequence: 3,
      token: run.token,
      outcome: "completed",
      result: "[1]",
      endedAt: START + 5,
      replayed: false,
    });
    expect(await findOperation(database, `op_${hash}`)).toMatchObject({
      found: "ended",
      operation: { sequence: 3, outcome: "completed", result: "[1]", endedAt: START + 5, attempts: 1 },
    });
    expect(await findOperation(database, "op_3")).toBeUndefined();
    expect(await findOperation(database, "op_99")).toBeUndefined();
    expect(await findOperation(database, "nonsense")).toBeUndefined();
  });

  test("by the id of a letter that was moved", async () => {
    const opened = await openWithReader();
    await opened.accept({ lane: LANE });
    await bury(opened, 1, true);
    await opened.journal.retryDead({ sequence: 1, principal: "anna", reason: "fixed", expiresAt: START + LIFE_MS });
    expect(await findOperation(opened.database, "op_1")).toMatchObject({
      operation: { sequence: 2, operationId: "op_1", incarnation: 1, state: "ready" },
    });
  });
});

describe("lists", () => {
  test("operations of all states or of one, page by page", async () => {
    const opened = await openWithReader();
    const { accept, journal, claim, database } = opened;
    await Promise.all([
      accept({ lane: LANE }),
      accept({ lane: LANE }),
      accept({ lane: LANE }),
      accept(),
      accept(),
      accept(),
    ]);
    await bury(opened, 1, false);
    const run = (await claim({ runs: 1 })).runs[0];
    await journal.reschedule({ sequence: 4, token: run?.token ?? 0, dueAt: START + 9, error: failure });
    const first = await listOperations(database, { limit: 4 });
    expect(first.rows.map(({ sequence, state }) => [sequence, state])).toEqual([
      [1, "dead"],
      [2, "parked"],
      [3, "parked"],
      [4, "scheduled"],
    ]);
    expect(first.next).toBe(4);
    const second = await listOperations(database, { limit: 4, after: 4 });
    expect(second).toMatchObject({ rows: [{ sequence: 5 }, { sequence: 6 }], next: undefined });
    expect(await listOperations(database, { state: "blocked", limit: 1 })).toMatchObject({
      rows: [{ sequence: 2 }],
      next: 2,
    });
    expect(await listOperations(database, { state: "ready", limit: 1 })).toMatchObject({
      rows: [{ sequence: 5 }],
      next: 5,
    });
    expect(await listOperations(database, { state: "scheduled", limit: 5 })).toMatchObject({
      rows: [{ sequence: 4, dueAt: START + 9, error: failure }],
      next: undefined,
    });
    expect(await listOperations(database, { state: "running", limit: 5 })).toEqual({ rows: [], next: undefined });
  });

  test("dead letters, page by page", async () => {
    const opened = await openWithReader();
    await Promise.all([opened.accept(), opened.accept({ lane: LANE })]);
    await bury(opened, 1, false);
    await bury(opened, 2, true);
    const page = await listDeadLetters(opened.database, { limit: 1 });
    expect(page).toMatchObject({ rows: [{ sequence: 1, skipped: false }], next: 1 });
    expect(await listDeadLetters(opened.database, { limit: 1, after: 1 })).toMatchObject({
      rows: [{ sequence: 2, skipped: true, lane: LANE }],
      next: undefined,
    });
  });

  test("transitions by time and machine, and the audit log, page by page", async () => {
    const { journal, database, accept } = await openWithReader();
    for (const [index, machine] of ["a", "b", "a"].entries())
      journal.recordTransition({ at: START + index, machine, from: "x", to: "y", event: "e", cause: '{"n":1}' });
    await accept();
    const page = await listTransitions(database, { machine: "a", limit: 1 });
    expect(page.rows).toEqual([{ id: 1, at: START, machine: "a", from: "x", to: "y", event: "e", cause: '{"n":1}' }]);
    expect(await listTransitions(database, { machine: "a", limit: 1, after: page.next ?? 0 })).toMatchObject({
      rows: [{ at: START + 2 }],
      next: undefined,
    });
    expect(await listTransitions(database, { from: START + 1, to: START + 1, limit: 9 })).toMatchObject({
      rows: [{ machine: "b" }],
    });
    expect((await listAudit(database, { limit: 2 })).rows.map(({ kind }) => kind)).toEqual(["accepted", "transition"]);
    expect((await listAudit(database, { limit: 9, after: 2 })).rows).toHaveLength(2);
  });

  test("ends that nobody asks for any more: old ones, with a key only after the key's time and a life", async () => {
    const { accept, claim, end, database, time } = await openWithReader();
    await Promise.all([accept(), accept({ key: { hash, inputHash: "i", until: START + 500 } }), accept()]);
    for (const run of (await claim({ runs: 2 })).runs) await end(run);
    time.now += 100;
    await end(onlyRun(await claim()));
    const at = (now: number) => listPurgeable(database, { now, endedBefore: START + 50, limit: 10 });
    expect((await at(START + 60)).rows).toEqual([{ sequence: 1, operationId: "op_1", pool: 1, incarnation: 0 }]);
    expect((await at(START + 500 + LIFE_MS + 1)).rows.map(({ sequence }) => sequence)).toEqual([1, 2]);
    expect(await listPurgeable(database, { now: START * 2, endedBefore: START * 2, limit: 1, after: 1 })).toMatchObject(
      { rows: [{ sequence: 2 }], next: 2 },
    );
  });
});

describe("what a drain asks", () => {
  test("what is left up to the watermark, and what is reported beside it", async () => {
    const opened = await openWithReader();
    const { accept, claim, journal, database } = opened;
    const [graph, search] = journal.opened.pools as [number, number];
    await accept({ lane: LANE });
    await bury(opened, 1, false);
    await Promise.all([
      accept({ lane: LANE }),
      accept({ priority: 0 }),
      accept({ priority: 4 }),
      accept({ pool: search }),
      accept({ lane: 7 }),
    ]);
    const running = (await claim({ runs: 1, preferred: [[3]] })).runs[0];
    await journal.reschedule({ sequence: 3, token: running?.token ?? 0, dueAt: START + 99, error: failure });
    await claim({ runs: 1, preferred: [[], [], [6]] });
    await accept({ priority: 0 });
    expect(await drainRemainder(database, [graph], 6)).toEqual({ open: 3, held: 0, dead: 1, parked: 1 });
    expect(await drainRemainder(database, [graph], 3)).toMatchObject({ open: 1 });
    expect(await drainRemainder(database, [graph, search], 7)).toMatchObject({ open: 5 });
    expect(await drainRemainder(database, [graph, search], 7, 2)).toMatchObject({ open: 2 });
    expect(await drainRemainder(database, [], 7)).toEqual({ open: 0, held: 0, dead: 0, parked: 0 });
  });

  test("how many ended since the mark, and the newest of them", async () => {
    const { accept, claim, journal, database, time } = await openWithReader();
    const pools = [journal.opened.pools[0] as number];
    await Promise.all([accept(), accept(), accept(), accept()]);
    for (const { token, rows } of (await claim()).runs) {
      const sequence = rows[0]?.sequence ?? 0;
      time.now += 10;
      await journal.end({
        sequence,
        token,
        outcome: sequence === 2 ? "failed" : "completed",
        endedAt: time.now,
        replayed: false,
      });
    }
    const since = START + 20;
    expect(await countEndedSince(database, { pools, watermark: 3, since })).toBe(2);
    expect(await countEndedSince(database, { pools, watermark: 4, since: START })).toBe(4);
    expect(
      (await sampleEndedSince(database, { pools, watermark: 4, since, limit: 1 })).map(({ sequence }) => sequence),
    ).toEqual([4]);
    expect(
      (await sampleEndedSince(database, { pools, watermark: 3, since, limit: 9 })).map(({ sequence }) => sequence),
    ).toEqual([3]);
  });
});

describe("what the queue's sensor reads", () => {
  const LATER = 1_000;

  test("the oldest that waits is found in every state, of the asked pools and priorities alone", async () => {
    const { journal, accept, claim, database, time } = await openWithReader();
    const [graph, search] = journal.opened.pools as [number, number];
    const ask = (pools: readonly number[], lowestPriority = 4, blockedToo = true) =>
      oldestWaiting(database, { pools, lowestPriority, blockedToo });
    expect(await ask([graph, search])).toBeNull();
    expect(await ask([])).toBeNull();
    // The head of a lane is claimed: what is behind it is blocked, and older than anything ready.
    await accept({ lane: LANE });
    time.now += LATER;
    await accept({ lane: LANE });
    const [run] = (await claim({ runs: 1, runRows: 1 })).runs;
    for (const priority of [3, 0, 4]) {
      time.now += LATER;
      await accept({ priority });
    }
    time.now += LATER;
    await accept({ pool: search });
    expect(await ask([graph, search])).toBe(START + LATER);
    expect(await ask([graph], 4, false)).toBe(START + 2 * LATER);
    expect(await ask([graph], 1, false)).toBe(START + 3 * LATER);
    expect(await ask([search])).toBe(START + 5 * LATER);
    // Scheduled for a retry, the head itself is the oldest.
    const place = { sequence: run!.rows[0]!.sequence, token: run!.token };
    await Promise.all([
      journal.reschedule({ ...place, dueAt: time.now + LIFE_MS, error: failure }),
      journal.finishRun(run!.token),
    ]);
    expect(await ask([graph])).toBe(START);
    expect(await ask([search])).toBe(START + 5 * LATER);
  });

  test("what is ready is counted down to a priority, and no further than asked", async () => {
    const { journal, accept, database } = await openWithReader();
    const [graph, search] = journal.opened.pools as [number, number];
    for (const priority of [0, 1, 1, 2, 4]) await accept({ priority });
    await accept({ pool: search, priority: 0 });
    expect(await countReady(database, [graph], 1, 100)).toBe(3);
    expect(await countReady(database, [graph, search], 4, 100)).toBe(6);
    expect(await countReady(database, [graph, search], 4, 2)).toBe(2);
    expect(await countReady(database, [], 4, 2)).toBe(0);
  });
});

describe("the thread that reads ends", () => {
  test("queries under way fail and say that asking again helps; the next has another thread", async () => {
    const threads: Worker[] = [];
    const noted = (worker: Worker): void => void threads.push(worker);
    process.on("worker", noted);
    onTestFinished(() => void process.off("worker", noted));
    const { accept, database } = await openWithReader();
    await accept();
    const count = () =>
      database
        .selectFrom("operation")
        .select((select) => select.fn.countAll<number>().as("rows"))
        .executeTakeFirstOrThrow();
    expect(await count()).toEqual({ rows: 1 });
    const underWay = Array.from({ length: 50 }, () => count());
    await new Promise((resolve) => setImmediate(resolve));
    const reader = threads.at(-1)!;
    const ended = reader.terminate();
    for (const answer of await Promise.allSettled(underWay))
      if (answer.status === "rejected") expect(answer.reason).toMatchObject({ code: "reader_lost", retryable: true });
    await ended;
    expect(await count()).toEqual({ rows: 1 });
    expect(threads).toHaveLength(3);
    await accept();
    expect(await count()).toEqual({ rows: 2 });
  });
});
