import type { Worker } from "node:worker_threads";
import { describe, expect, onTestFinished, test } from "vitest";
import { defaultConfig } from "../../config/presets.ts";
import type { StorageSettings } from "../../config/types.ts";
import type { TransitionRow } from "../../src/queue/journal.ts";
import type { OpenJournalOptions } from "../../src/storage/open-journal.ts";
import { type EndingPoint, endingWriter } from "./ending-writer.ts";
import { failure, onlyRun, openTestJournal, START } from "./journal-fixture.ts";

const LANE = 42;
const POINTS: readonly EndingPoint[] = ["before commit", "after commit"];

const restarts = (changes: Partial<StorageSettings> = {}): StorageSettings => ({
  ...defaultConfig.storage,
  maximumRestarts: 100,
  initialRestartPauseMs: 1,
  maximumRestartPauseMs: 2,
  ...changes,
});

async function open(changes: Partial<OpenJournalOptions> = {}) {
  const writer = endingWriter();
  const opened = await openTestJournal({ writerEntry: writer.entry, storage: restarts(), ...changes });
  return { ...opened, endAt: writer.endAt, endings: () => writer.ended };
}

/** The threads that are started from now on. */
function startedThreads(): Worker[] {
  const workers: Worker[] = [];
  const noted = (worker: Worker): void => void workers.push(worker);
  process.on("worker", noted);
  onTestFinished(() => void process.off("worker", noted));
  return workers;
}

const transition = (to: string): TransitionRow => ({
  at: START,
  machine: "test",
  from: "before",
  to,
  event: "told",
  cause: "{}",
});

describe.each(POINTS)("the writer's thread ends %s", (point) => {
  test("acceptances are answered as what they are, and stand there once, with their numbers", async () => {
    const { journal, accept, endAt, states, endings, outside } = await open();
    await accept({ lane: LANE });
    endAt(point);
    const answers = await Promise.all([accept({ lane: LANE }), accept(), accept({ wants: "running" }), accept()]);
    expect(endings()).toBe(1);
    expect(answers).toMatchObject([
      { state: "blocked", number: 2 },
      { state: "ready", number: 3 },
      { state: "running", number: 4 },
      { state: "ready", number: 5 },
    ]);
    expect(states()).toEqual({ 1: "ready", 2: "blocked", 3: "ready", 4: "running", 5: "ready" });
    expect(journal.counts.get(1)).toMatchObject({ ready: 3, blocked: 1, running: 1 });
    expect(outside.prepare("SELECT count(*) FROM audit WHERE kind = 'accepted'").pluck().get()).toBe(5);
    expect(await accept()).toMatchObject({ number: 6 });
  });

  test("what was accepted as running is ended under its token", async () => {
    const { journal, accept, endAt, ended } = await open();
    endAt(point);
    const accepted = await accept({ lane: LANE, wants: "running" });
    if (accepted.state !== "running") throw new Error(`it is ${accepted.state}`);
    await journal.end({
      sequence: accepted.number,
      token: accepted.token,
      outcome: "completed",
      endedAt: START,
      replayed: false,
    });
    expect(ended(1)).toMatchObject({ outcome: "completed", attempts: 1 });
  });

  test("a claim gets its runs, with their inputs, and nobody else gets them", async () => {
    const { accept, claim, claimNumbers, endAt, end, states, ended } = await open();
    await Promise.all([accept({ lane: LANE, input: '{"a":1}' }), accept({ lane: LANE, input: '{"a":2}' }), accept()]);
    endAt(point);
    const { runs } = await claim();
    expect(runs).toMatchObject([
      {
        lane: LANE,
        rows: [
          { sequence: 1, input: '{"a":1}', interruptions: 0 },
          { sequence: 2, input: '{"a":2}', interruptions: 0 },
        ],
      },
      { lane: null, rows: [{ sequence: 3 }] },
    ]);
    expect(await claimNumbers()).toEqual([]);
    await Promise.all([end(runs[0]!, 0), end(runs[0]!, 1), end(runs[1]!)]);
    expect(states()).toEqual({});
    expect(ended(2)).toMatchObject({ outcome: "completed", attempts: 1, claimed_at: START });
  });

  test("runs that were under way go on under their tokens, without an interruption, and their lanes wait for them", async () => {
    const { journal, accept, claim, claimNumbers, endAt, end, row, states, time, ended } = await open();
    await Promise.all([accept({ lane: LANE }), accept({ lane: LANE }), accept({ lane: LANE })]);
    time.now += 10;
    const run = onlyRun(await claim({ runRows: 2 }));
    await end(run, 0);
    endAt(point);
    await accept({ lane: LANE, priority: 0 });
    expect(states()).toEqual({ 2: "running", 3: "blocked", 4: "blocked" });
    expect(row(2)).toMatchObject({ interruptions: 0, attempts: 0 });
    expect(journal.opened.epoch).toBe(1);
    expect(await claimNumbers()).toEqual([]);
    await end(run, 1);
    expect(ended(2)).toMatchObject({ claimed_at: START + 10, attempts: 1 });
    expect(row(3)).toMatchObject({ state: "ready", priority: 0 });
    expect(await claimNumbers()).toEqual([[3, 4]]);
  });

  test("an end is answered, and is there once; one under a token that owns nothing is refused as ever", async () => {
    const { journal, accept, claim, end, endAt, ended, states, outside } = await open();
    await Promise.all([accept({ lane: LANE }), accept({ lane: LANE })]);
    const run = onlyRun(await claim({ runRows: 1 }));
    endAt(point);
    const strange = journal.end({ sequence: 1, token: 77, outcome: "completed", endedAt: START, replayed: false });
    const results = await Promise.allSettled([strange, end(run)]);
    expect(results).toMatchObject([{ status: "rejected", reason: { code: "run_not_owned" } }, { status: "fulfilled" }]);
    expect(ended(1)).toMatchObject({ outcome: "completed" });
    expect(states()).toEqual({ 2: "ready" });
    expect(outside.prepare("SELECT count(*) FROM audit WHERE kind = 'ended'").pluck().get()).toBe(1);
  });

  test("what left one run and began another in that batch belongs to the newer one", async () => {
    const { journal, accept, claim, endAt, end, states } = await open();
    await Promise.all([accept({ lane: LANE }), accept({ lane: LANE })]);
    const first = onlyRun(await claim());
    endAt(point);
    const [, claimed] = await Promise.all([journal.finishRun(first.token), claim()]);
    const second = onlyRun(claimed);
    expect(second.token).toBeGreaterThan(first.token);
    await expect(end(first)).rejects.toMatchObject({ code: "run_not_owned" });
    await end(second, 0);
    await end(second, 1);
    expect(states()).toEqual({});
  });

  test("reschedules, give-backs, closings, burials and what persons ask for are answered as they were carried out", async () => {
    const { journal, accept, claim, endAt, states, time } = await open();
    await Promise.all(Array.from({ length: 6 }, () => accept()));
    const { runs } = await claim({ runs: 4 });
    const row = (index: number) => ({ sequence: index + 1, token: runs[index]!.token });
    endAt(point);
    const answers = await Promise.all([
      journal.reschedule({ ...row(0), dueAt: START + 50, error: failure }),
      journal.giveBack({ ...row(1), interrupted: false }),
      journal.close({ ...row(2), becomes: "dead", error: failure }),
      journal.bury({ ...row(3), error: failure, skip: false }),
      journal.cancel({ sequence: 5, principal: "anna", reason: "a mistake" }),
      journal.cancel({ sequence: 99, principal: "anna", reason: "a mistake" }),
      journal.closings(0, 10),
    ]);
    expect(answers).toMatchObject([undefined, undefined, undefined, undefined, "cancelled", "not_waiting", [{}]]);
    expect(states()).toEqual({ 1: "scheduled", 2: "ready", 3: "closing", 4: "dead", 6: "ready" });
    endAt(point);
    expect(
      await journal.retryDead({ sequence: 4, principal: "anna", reason: "fixed", expiresAt: START + 1_000 }),
    ).toEqual({ state: "retried", place: "same", sequence: 4 });
    time.now += 50;
    await accept();
    expect(states()).toMatchObject({ 1: "ready", 4: "ready" });
  });

  test("keys: the first is accepted, its duplicate is told so, once and for all", async () => {
    const { accept, endAt, states } = await open();
    const key = { hash: "k".repeat(32), inputHash: "same", until: START + 1_000_000 };
    endAt(point);
    const [first, again] = await Promise.all([accept({ key }), accept({ key })]);
    expect(first).toMatchObject({ state: "ready" });
    expect(again).toMatchObject({ state: "duplicate", sequence: 1, sameInput: true });
    expect(await accept({ key: { ...key, inputHash: "other" } })).toMatchObject({ sequence: 1, sameInput: false });
    expect(states()).toEqual({ 1: "ready" });
  });

  test("transitions and records that nobody waits for are there once, in their order", async () => {
    const { journal, accept, endAt, outside } = await open();
    const up = new Promise<void>((resolve) => journal.onUp(resolve));
    endAt(point);
    journal.recordTransition(transition("first"));
    journal.saveRecord({ id: "breaker:graph", version: 1, at: START, state: '"open"', context: "{}" });
    await up;
    endAt(point);
    const accepted = accept();
    journal.recordTransition(transition("second"));
    await accepted;
    journal.recordTransition(transition("third"));
    await accept();
    expect(outside.prepare("SELECT to_state FROM transition ORDER BY id").pluck().all()).toEqual([
      "first",
      "second",
      "third",
    ]);
    expect(outside.prepare("SELECT state FROM machine_record").pluck().all()).toEqual(['"open"']);
  });

  test("the definitions that can be executed are those that were said last", async () => {
    const { journal, accept, claimNumbers, endAt, states } = await open();
    await accept();
    endAt(point);
    await journal.setDefinitions([{ name: "second", version: 1, acceptsOlder: false }]);
    expect(await claimNumbers()).toEqual([]);
    expect(states()).toEqual({ 1: "held" });
  });

  test("shutting down meanwhile waits for what was asked for", async () => {
    const { journal, accept, endAt, endings, directory, close } = await open();
    endAt(point);
    const last = accept();
    await journal.shutDown();
    expect(endings()).toBe(1);
    expect(await last).toMatchObject({ state: "ready" });
    await close();
    const again = await openTestJournal({}, directory);
    expect(again.journal.opened).toMatchObject({ cleanShutdown: true, interrupted: 0, epoch: 2 });
    expect(again.states()).toEqual({ 1: "ready" });
  });
});

describe("the writer's thread ends while nothing is asked of it", () => {
  test("another one takes over, and tells those who listen", async () => {
    const threads = startedThreads();
    const { journal, accept, states } = await open();
    await accept();
    const told: string[] = [];
    journal.onDown(() => told.push("down"));
    const up = new Promise<void>((resolve) => {
      journal.onUp(() => {
        told.push("up");
        resolve();
      });
    });
    await threads[0]!.terminate();
    await up;
    expect(told).toEqual(["down", "up"]);
    expect(await accept()).toMatchObject({ state: "ready", number: 2 });
    expect(states()).toEqual({ 1: "ready", 2: "ready" });
    expect(await journal.verify()).toMatchObject({ ok: true });
  });

  test("what is scheduled wakes by itself afterwards", async () => {
    const threads = startedThreads();
    const { journal, accept, claim, states } = await open({ now: () => Date.now() });
    await accept({ expiresAt: Date.now() + 60_000 });
    const run = onlyRun(await claim());
    await journal.reschedule({ sequence: 1, token: run.token, dueAt: Date.now() + 100, error: failure });
    const ready = new Promise<void>((resolve) => {
      journal.onChange(() => (journal.counts.get(1)?.ready === 1 ? resolve() : undefined));
    });
    await threads[0]!.terminate();
    await ready;
    expect(states()).toEqual({ 1: "ready" });
  });
});

describe("the writer's thread ends again and again", () => {
  test("twenty times in one process: nothing is lost, doubled or out of order", async () => {
    const { accept, claim, end, endAt, endings, ended, states } = await open();
    for (let ending = 0; ending < 20; ending += 1) {
      endAt(POINTS[ending % 2]!);
      const [one, two] = await Promise.all([accept({ lane: LANE }), accept({ lane: LANE })]);
      expect([one.number, two.number]).toEqual([2 * ending + 1, 2 * ending + 2]);
      const run = onlyRun(await claim());
      expect(run.rows.map(({ sequence }) => sequence)).toEqual([one.number, two.number]);
      await end(run, 0);
      await end(run, 1);
    }
    expect(endings()).toBe(20);
    expect(states()).toEqual({});
    for (let sequence = 1; sequence <= 40; sequence += 1) expect(ended(sequence)).toMatchObject({ attempts: 1 });
  });

  test("a batch with which it ends twice is refused as not written, and the thread goes on with the rest", async () => {
    const { journal, accept, endAt, endings, states } = await open();
    let downs = 0;
    journal.onDown(() => {
      downs += 1;
      // Taking over is a commit itself.
      if (downs === 1) endAt("before commit", 1);
    });
    endAt("before commit");
    await expect(accept()).rejects.toMatchObject({ code: "storage_unavailable", retryable: true });
    expect(endings()).toBe(2);
    expect(states()).toEqual({});
    expect(await accept()).toMatchObject({ state: "ready", number: 2 });
  });

  test("beyond the limit the journal is lost: everyone is told, now and from then on, and the process lives", async () => {
    const { journal, accept, endAt } = await open({ storage: restarts({ maximumRestarts: 2 }) });
    journal.onDown(() => endAt("before commit", 1));
    const lost = new Promise((resolve) => journal.onLost(resolve));
    endAt("before commit");
    await expect(accept()).rejects.toMatchObject({ code: "storage_unavailable" });
    await expect(accept()).rejects.toMatchObject({ code: "writer_lost" });
    await lost;
    await expect(accept()).rejects.toMatchObject({ code: "writer_lost" });
    expect(await journal.restart()).toMatchObject({ ok: false });
    expect(await journal.verify()).toMatchObject({ ok: false });
  });
});

test("a thread that ends while it takes over is followed by another one", async () => {
  const { journal, accept, endAt, endings, states } = await open();
  let downs = 0;
  journal.onDown(() => {
    downs += 1;
    endAt("before commit");
  });
  endAt("after commit");
  expect(await accept({ lane: LANE, wants: "running" })).toMatchObject({ state: "running" });
  expect(endings()).toBe(2);
  expect(downs).toBe(1);
  expect(states()).toEqual({ 1: "running" });
});

test("a thread that ends by an error of its own is followed by another one, and who listens hears why", async () => {
  const { journal, accept, endAt, states } = await open();
  const cause = new Promise<Error>((resolve) => journal.onDown(resolve));
  const up = new Promise<void>((resolve) => journal.onUp(resolve));
  endAt("by an error");
  const first = accept();
  expect((await cause).message).toBe("planted");
  await up;
  expect(await first).toMatchObject({ state: "ready", number: 1 });
  expect(await accept()).toMatchObject({ state: "ready", number: 2 });
  expect(states()).toEqual({ 1: "ready", 2: "ready" });
});

test("a database that another process has opened meanwhile is not taken over: the journal is lost at once", async () => {
  const threads = startedThreads();
  const { journal, accept, outside } = await open();
  await accept();
  outside.exec("UPDATE meta SET epoch = epoch + 1");
  const lost = new Promise<Error>((resolve) => journal.onLost(resolve));
  await threads[0]!.terminate();
  expect((await lost).cause).toMatchObject({ code: "journal_replaced" });
  await expect(accept()).rejects.toMatchObject({ code: "writer_lost" });
});

describe("while no thread writes", () => {
  /** Open, down, and waiting for a minute before the second attempt. */
  async function down(changes: Partial<OpenJournalOptions> = {}) {
    const threads = startedThreads();
    const opened = await open({
      storage: restarts({ initialRestartPauseMs: 60_000, maximumRestartPauseMs: 60_000 }),
      ...changes,
    });
    const ended = async (): Promise<void> => {
      const isDown = new Promise((resolve) => opened.journal.onDown(resolve));
      await threads.at(-1)!.terminate();
      await isDown;
    };
    const up = new Promise<void>((resolve) => opened.journal.onUp(resolve));
    await ended();
    await up;
    return { ...opened, threads, ended };
  }

  test("new work is refused after the first attempt has not held, and what runs is ended once another thread writes", async () => {
    const { journal, accept, claim, end, ended: wasEnded, ...rest } = await down();
    await accept();
    const run = onlyRun(await claim());
    await wasEnded();
    await expect(accept()).rejects.toMatchObject({ code: "storage_unavailable", retryable: true });
    const written = end(run);
    expect(await journal.verify()).toMatchObject({ ok: false });
    expect(await journal.restart()).toMatchObject({ ok: true });
    await written;
    expect(rest.states()).toEqual({});
    expect(await accept()).toMatchObject({ state: "ready" });
  });

  test("transitions are kept within a bound, the oldest go, and the rest is written", async () => {
    const { journal, accept, ended: wasEnded, outside } = await down();
    await wasEnded();
    for (let number = 1; number <= 10_050; number += 1) journal.recordTransition(transition(String(number)));
    expect(await journal.restart()).toMatchObject({ ok: true });
    await accept();
    const kept = outside.prepare("SELECT to_state FROM transition ORDER BY id").pluck().all() as string[];
    expect(kept.length).toBeLessThanOrEqual(10_000);
    expect(kept.length).toBeGreaterThan(9_800);
    expect(kept.at(-1)).toBe("10050");
  });
});

test("a thread that does not answer is ended when somebody asks for a restart, and another one takes over", async () => {
  const { journal, accept, outside } = await open({ storage: restarts({ verifyTimeoutMs: 50 }) });
  await accept();
  // Somebody else holds the database: the thread waits for it, five seconds at most.
  outside.exec("BEGIN IMMEDIATE");
  const waiting = accept();
  expect(await journal.verify()).toMatchObject({ ok: false });
  const restarted = journal.restart();
  outside.exec("ROLLBACK");
  expect(await restarted).toMatchObject({ ok: true });
  expect(await waiting).toMatchObject({ number: 2 });
});
