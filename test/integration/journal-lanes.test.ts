import { describe, expect, test } from "vitest";
import { failure, onlyRun, openTestJournal } from "./journal-fixture.ts";

const LANE = 42;
const OTHER = 43;

describe("lanes (invariant 3: order per lane)", () => {
  test("only a lane's first row is ready; the others wait behind it, also when they ask to run", async () => {
    const { accept, states, claimNumbers } = await openTestJournal();
    const answers = await Promise.all([
      accept({ lane: LANE }),
      accept({ lane: LANE, wants: "running" }),
      accept({ lane: OTHER, wants: "running" }),
      accept(),
    ]);
    expect(answers.map(({ state }) => state)).toEqual(["ready", "blocked", "running", "ready"]);
    expect(states()).toEqual({ 1: "ready", 2: "blocked", 3: "running", 4: "ready" });
    expect(await claimNumbers({ runRows: 1 })).toEqual([[1], [4]]);
  });

  test("an end lets the next row of its lane run in the same commit", async () => {
    const { accept, claim, end, claimNumbers, states } = await openTestJournal();
    await Promise.all([accept({ lane: LANE }), accept({ lane: LANE })]);
    const run = onlyRun(await claim({ runRows: 1 }));
    const [, next] = await Promise.all([end(run), claimNumbers({ runRows: 1 })]);
    expect(next).toEqual([[2]]);
    expect(states()).toEqual({ 2: "running" });
  });

  test("a row that failed keeps its place, and nothing of its lane passes it", async () => {
    const { accept, claim, claimNumbers, states, journal, time } = await openTestJournal();
    await Promise.all([accept({ lane: LANE }), accept({ lane: LANE })]);
    const { token } = onlyRun(await claim());
    await journal.reschedule({ sequence: 1, token, dueAt: time.now + 100, error: failure });
    await journal.finishRun(token);
    expect(states()).toEqual({ 1: "scheduled", 2: "blocked" });
    expect(await claimNumbers()).toEqual([]);
    time.now += 100;
    expect(await claimNumbers()).toEqual([[1, 2]]);
  });

  test("a lane waits for a fence, and goes on when it is answered", async () => {
    const { accept, claim, states, journal } = await openTestJournal();
    await Promise.all([accept({ lane: LANE }), accept({ lane: LANE })]);
    const { token } = onlyRun(await claim({ runRows: 1 }));
    await journal.close({ sequence: 1, token, becomes: "expired", error: failure });
    await journal.finishRun(token);
    await accept({ lane: LANE });
    expect(states()).toEqual({ 1: "closing", 2: "blocked", 3: "blocked" });
    await journal.closed({ sequence: 1, found: "fenced" });
    expect(states()).toEqual({ 2: "ready", 3: "blocked" });
  });

  test("lanes are global: a head of another pool holds its lane back", async () => {
    const { accept, claimNumbers, claim, end, journal } = await openTestJournal();
    const [graph, search] = journal.opened.pools as [number, number];
    await Promise.all([accept({ lane: LANE, pool: graph }), accept({ lane: LANE, pool: search })]);
    expect(await claimNumbers({ pool: search })).toEqual([]);
    const run = onlyRun(await claim({ pool: graph }));
    expect(run.rows).toHaveLength(1);
    await end(run);
    expect(await claimNumbers({ pool: search })).toEqual([[2]]);
  });
});

describe("the priority that a lane carries", () => {
  test("a more urgent arrival raises the waiting head of its lane: what is admitted admits what is before it", async () => {
    const { accept, claimNumbers, row } = await openTestJournal();
    await Promise.all([accept({ priority: 2 }), accept({ priority: 4, lane: LANE })]);
    await accept({ priority: 0, lane: LANE });
    expect(row(2)?.priority).toBe(0);
    expect(await claimNumbers({ lowestPriority: 0, runRows: 1 })).toEqual([[2]]);
  });

  test("within one batch too", async () => {
    const { accept, claimNumbers } = await openTestJournal();
    await Promise.all([
      accept({ priority: 4, lane: LANE }),
      accept({ priority: 3, lane: LANE }),
      accept({ priority: 1, lane: LANE }),
    ]);
    expect(await claimNumbers({ lowestPriority: 1 })).toEqual([[1, 2, 3]]);
  });

  test("while the head runs, an urgent arrival is carried to whoever is next", async () => {
    const { accept, claim, end, claimNumbers } = await openTestJournal();
    await Promise.all([accept({ priority: 4, lane: LANE }), accept({ priority: 4, lane: LANE })]);
    const run = onlyRun(await claim({ runRows: 1 }));
    await accept({ priority: 1, lane: LANE });
    await end(run);
    expect(await claimNumbers({ lowestPriority: 1, runRows: 1 })).toEqual([[2]]);
  });

  test("a row given back is as urgent as what came behind it meanwhile", async () => {
    const { accept, claim, claimNumbers, journal } = await openTestJournal();
    await accept({ priority: 4, lane: LANE });
    const run = onlyRun(await claim());
    await accept({ priority: 1, lane: LANE });
    await journal.giveBack({ sequence: 1, token: run.token, interrupted: false });
    expect(await claimNumbers({ lowestPriority: 1, runRows: 1 })).toEqual([[1]]);
  });

  test("it also raises a head that is scheduled", async () => {
    const { accept, claim, claimNumbers, journal, time } = await openTestJournal();
    await accept({ priority: 4, lane: LANE });
    const { token } = onlyRun(await claim());
    await journal.reschedule({ sequence: 1, token, dueAt: time.now + 10, error: failure });
    await journal.finishRun(token);
    await accept({ priority: 1, lane: LANE });
    time.now += 10;
    expect(await claimNumbers({ lowestPriority: 1 })).toEqual([[1, 2]]);
  });

  test("less urgent arrivals behind an urgent one are carried along, and an emptied lane forgets", async () => {
    const { accept, claim, end, row } = await openTestJournal();
    await Promise.all([accept({ priority: 1, lane: LANE }), accept({ priority: 4, lane: LANE })]);
    expect(row(2)?.priority).toBe(1);
    const run = onlyRun(await claim());
    await Promise.all([end(run, 0), end(run, 1)]);
    await accept({ priority: 4, lane: LANE });
    expect(row(3)?.priority).toBe(4);
  });

  test("when the last row is cancelled, the row before it inherits what the lane carries", async () => {
    const { accept, row, journal } = await openTestJournal();
    await Promise.all([
      accept({ priority: 4, lane: LANE }),
      accept({ priority: 4, lane: LANE }),
      accept({ priority: 1, lane: LANE }),
    ]);
    await journal.cancel({ sequence: 3, principal: "anna", reason: "not needed" });
    await accept({ priority: 4, lane: LANE });
    expect(row(2)?.priority).toBe(1);
    expect(row(4)?.priority).toBe(1);
  });

  test("when the last rows expire together, the row before them inherits what they carried", async () => {
    const { accept, row, states, time } = await openTestJournal();
    await Promise.all([
      accept({ priority: 4, lane: LANE }),
      accept({ priority: 3, lane: LANE, expiresAt: time.now + 5 }),
      accept({ priority: 1, lane: LANE, expiresAt: time.now + 5 }),
    ]);
    time.now += 10;
    await expect.poll(states).toEqual({ 1: "ready" });
    await accept({ priority: 4, lane: LANE });
    expect(row(4)?.priority).toBe(1);
  });

  test("it survives a restart in the middle of a run", async () => {
    const first = await openTestJournal();
    await Promise.all([first.accept({ priority: 4, lane: LANE }), first.accept({ priority: 4, lane: LANE })]);
    await first.claim();
    await first.accept({ priority: 1, lane: LANE });
    const second = await first.crashAndReopen();
    expect(await second.claimNumbers({ lowestPriority: 1 })).toEqual([[1, 2, 3]]);
  });
});
