import { describe, expect, test } from "vitest";
import { failure, onlyRun, openTestJournal, START } from "./journal-fixture.ts";

const LANE = 42;

describe("restart (invariant 1: nothing lost)", () => {
  test("running rows of a dead process return: a lane's first as ready, its others as blocked, one interruption each", async () => {
    const first = await openTestJournal();
    await Promise.all([
      first.accept({ lane: LANE }),
      first.accept({ lane: LANE }),
      first.accept({ lane: LANE }),
      first.accept(),
      first.accept({ lane: 7, wants: "running" }),
    ]);
    await first.claim({ runRows: 2 });
    const second = await first.crashAndReopen();
    expect(second.journal.opened).toMatchObject({ interrupted: 4, cleanShutdown: false, epoch: 2 });
    expect(second.states()).toEqual({ 1: "ready", 2: "blocked", 3: "blocked", 4: "ready", 5: "ready" });
    expect([1, 2, 3, 4, 5].map((sequence) => second.row(sequence)?.interruptions)).toEqual([1, 1, 0, 1, 1]);
    expect(second.journal.counts.get(1)).toMatchObject({ ready: 3, blocked: 2, running: 0 });
    expect(await second.claimNumbers()).toEqual([[1, 2, 3], [4], [5]]);
  });

  test("running rows behind a head that failed before the run was finished are blocked, not ready", async () => {
    const first = await openTestJournal();
    await Promise.all([first.accept({ lane: LANE }), first.accept({ lane: LANE })]);
    const run = onlyRun(await first.claim());
    await first.journal.reschedule({ sequence: 1, token: run.token, dueAt: START + 100, error: failure });
    expect(first.states()).toEqual({ 1: "scheduled", 2: "running" });
    const second = await first.crashAndReopen();
    expect(second.states()).toEqual({ 1: "scheduled", 2: "blocked" });
    second.time.now += 100;
    expect(await second.claimNumbers()).toEqual([[1, 2]]);
  });

  test("a head that was handed back before the run was finished is ready again, and its followers are blocked", async () => {
    const first = await openTestJournal();
    await Promise.all([first.accept({ lane: LANE }), first.accept({ lane: LANE })]);
    const run = onlyRun(await first.claim());
    await first.journal.giveBack({ sequence: 1, token: run.token, interrupted: false });
    expect(first.states()).toEqual({ 1: "blocked", 2: "running" });
    const second = await first.crashAndReopen();
    expect(second.states()).toEqual({ 1: "ready", 2: "blocked" });
    expect(await second.claimNumbers()).toEqual([[1, 2]]);
  });

  test("at the tenth interruption a row is closed instead of run, and becomes a dead letter", async () => {
    let current = await openTestJournal({ maximumInterruptions: 3 });
    await Promise.all([current.accept({ lane: LANE }), current.accept({ lane: LANE })]);
    for (let kill = 0; kill < 3; kill += 1) {
      expect(await current.claimNumbers({ runRows: 1 })).toEqual([[1]]);
      current = await current.crashAndReopen();
    }
    const { runs, closing } = await current.claim();
    expect(runs).toEqual([]);
    expect(closing).toMatchObject([{ sequence: 1, becomes: "interrupted" }]);
    await current.journal.closed({ sequence: 1, found: "fenced" });
    expect(current.states()).toEqual({ 1: "dead", 2: "blocked" });
    expect(JSON.parse(String(current.row(1)?.["error"]))).toMatchObject({ code: "interrupted" });
  });

  test("a retry starts without the interruptions of the incarnation before", async () => {
    const first = await openTestJournal({ maximumInterruptions: 1 });
    await first.accept();
    await first.claim();
    const second = await first.crashAndReopen();
    await second.claim();
    await second.journal.closed({ sequence: 1, found: "fenced" });
    await second.journal.retryDead({ sequence: 1, principal: "anna", reason: "fixed", expiresAt: START + 1_000 });
    expect(onlyRun(await second.claim()).rows).toMatchObject([{ interruptions: 0, incarnation: 1 }]);
  });

  test("closing rows of a dead process are found page by page", async () => {
    const first = await openTestJournal();
    await Promise.all([first.accept(), first.accept()]);
    for (const { token, rows } of (await first.claim()).runs)
      await first.journal.close({ sequence: rows[0]?.sequence ?? 0, token, becomes: "dead", error: failure });
    const { journal } = await first.crashAndReopen();
    expect((await journal.closings(0, 1)).map(({ sequence }) => sequence)).toEqual([1]);
    expect((await journal.closings(1, 10)).map(({ sequence }) => sequence)).toEqual([2]);
  });

  test("numbers go on from the high-water mark, also when the rows that had them are gone", async () => {
    const first = await openTestJournal();
    await Promise.all([first.accept(), first.accept(), first.accept()]);
    for (const run of (await first.claim()).runs) await first.end(run);
    await first.journal.purgeEnded([1, 2, 3]);
    const second = await first.crashAndReopen();
    expect(second.journal.opened.highWater).toBe(3);
    expect(await second.accept()).toMatchObject({ number: 4 });
  });

  test("a clean shutdown says so, with the time of the last writing; a new journal has neither", async () => {
    const first = await openTestJournal();
    expect(first.journal.opened).toMatchObject({
      epoch: 1,
      highWater: 0,
      cleanShutdown: true,
      lastWrittenAt: 0,
      interrupted: 0,
    });
    await first.accept();
    first.time.now += 500;
    await first.close();
    const second = await openTestJournal({}, first.directory);
    expect(second.journal.opened).toMatchObject({
      epoch: 2,
      cleanShutdown: true,
      lastWrittenAt: START + 500,
      journalId: first.journal.opened.journalId,
    });
    expect(second.journal.counts.get(1)).toMatchObject({ ready: 1 });
    expect(second.journal.waitingBytes).toBe(2);
  });

  test("names keep their numbers, whatever the order in which they are named", async () => {
    const first = await openTestJournal();
    const second = await first.crashAndReopen({
      pools: ["third", "search", "graph"],
      definitions: [{ name: "second", version: 1, acceptsOlder: false }],
    });
    expect(second.journal.opened.pools).toEqual([3, 2, 1]);
    expect(second.journal.opened.definitions).toEqual([2]);
  });

  test("after shutting down nothing can be asked any more, and shutting down again does no harm", async () => {
    const { journal, accept } = await openTestJournal();
    const last = accept();
    await journal.shutDown();
    expect(await last).toMatchObject({ state: "ready" });
    await expect(accept()).rejects.toMatchObject({ code: "journal_closed" });
    await expect(journal.closings(0, 1)).rejects.toMatchObject({ code: "journal_closed" });
    await journal.shutDown();
  });
});
