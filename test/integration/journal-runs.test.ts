import { describe, expect, test } from "vitest";
import { failure, onlyRun, openTestJournal } from "./journal-fixture.ts";

const LANE = 42;

describe("runs: consecutive rows of one lane, executed as one unit", () => {
  test("a claim takes a lane's rows in order, up to the limit of rows in a run", async () => {
    const { accept, claimNumbers, states } = await openTestJournal();
    await Promise.all([1, 2, 3, 4, 5].map(() => accept({ lane: LANE })));
    expect(await claimNumbers({ runRows: 3 })).toEqual([[1, 2, 3]]);
    expect(states()).toEqual({ 1: "running", 2: "running", 3: "running", 4: "blocked", 5: "blocked" });
    expect(await claimNumbers()).toEqual([]);
  });

  test("followers count in the claim's budgets of rows and bytes", async () => {
    const { accept, claimNumbers } = await openTestJournal();
    await Promise.all([accept({ lane: 1 }), accept({ lane: 1 }), accept({ lane: 1 }), accept({ lane: 2 })]);
    expect(await claimNumbers({ rows: 2 })).toEqual([[1, 2]]);
    const input = JSON.stringify("x".repeat(98));
    await Promise.all([accept({ lane: 3, input }), accept({ lane: 3, input }), accept({ lane: 3, input })]);
    expect(await claimNumbers({ bytes: 250, preferred: [[], [], [5]], runs: 1 })).toEqual([[5, 6]]);
  });

  test("a run is cut at another pool and at another definition", async () => {
    const { accept, claimNumbers, journal } = await openTestJournal();
    const [first, second] = journal.opened.definitions as [number, number];
    await Promise.all([
      accept({ lane: 1, definition: first }),
      accept({ lane: 1, definition: second }),
      accept({ lane: 2 }),
      accept({ lane: 2, pool: journal.opened.pools[1] as number }),
      accept({ lane: 2 }),
    ]);
    expect(await claimNumbers()).toEqual([[1], [3]]);
  });

  test("a run is cut before an expired row, which ends when it is its turn", async () => {
    const { accept, claim, end, claimNumbers, ended, time } = await openTestJournal();
    await Promise.all([
      accept({ lane: LANE }),
      accept({ lane: LANE, expiresAt: time.now + 5 }),
      accept({ lane: LANE }),
    ]);
    time.now += 10;
    const run = onlyRun(await claim());
    expect(run.rows).toHaveLength(1);
    const [, claimed] = await Promise.all([end(run), claim()]);
    expect(claimed.expired).toEqual([2]);
    expect(claimed.runs.map(({ rows }) => rows[0]?.sequence)).toEqual([3]);
    expect(ended(2)).toMatchObject({ outcome: "expired" });
    expect(await claimNumbers()).toEqual([]);
  });

  test("a row with three interruptions runs in a run of its own, also as a follower", async () => {
    const { accept, claim, claimNumbers, journal } = await openTestJournal();
    await Promise.all([accept({ lane: LANE }), accept({ lane: LANE }), accept({ lane: LANE })]);
    for (let kill = 0; kill < 3; kill += 1) {
      const run = onlyRun(await claim({ runRows: 2 }));
      for (const { sequence } of run.rows)
        await journal.giveBack({ sequence, token: run.token, interrupted: sequence === 1 });
    }
    const alone = onlyRun(await claim());
    expect(alone.rows).toMatchObject([{ sequence: 1, interruptions: 3 }]);
    await journal.giveBack({ sequence: 1, token: alone.token, interrupted: false });
    await journal.cancel({ sequence: 1, principal: "anna", reason: "a suspect" });
    await journal.closed({ sequence: 1, found: "fenced" });
    expect(await claimNumbers()).toEqual([[2, 3]]);
  });

  test("when one row of a run fails, those behind it that were not begun wait again", async () => {
    const { accept, claim, end, states, journal, time } = await openTestJournal();
    await Promise.all([1, 2, 3, 4].map(() => accept({ lane: LANE })));
    const run = onlyRun(await claim({ runRows: 3 }));
    await Promise.all([
      end(run),
      journal.reschedule({ sequence: 2, token: run.token, dueAt: time.now + 10, error: failure }),
      journal.finishRun(run.token),
    ]);
    expect(states()).toEqual({ 2: "scheduled", 3: "blocked", 4: "blocked" });
  });

  test("a run handed back as a whole has its first row ready again, without an attempt", async () => {
    const { accept, claim, states, row, journal } = await openTestJournal();
    await Promise.all([accept({ lane: LANE }), accept({ lane: LANE }), accept()]);
    const { runs } = await claim();
    await Promise.all(runs.map(({ token }) => journal.finishRun(token)));
    expect(states()).toEqual({ 1: "ready", 2: "blocked", 3: "ready" });
    expect(row(1)).toMatchObject({ attempts: 0, interruptions: 0 });
    await journal.finishRun(runs[0]?.token ?? 0);
    expect(states()).toEqual({ 1: "ready", 2: "blocked", 3: "ready" });
  });

  test("rows of one run may end in one commit, in any order", async () => {
    const { accept, claim, end, states, journal } = await openTestJournal();
    await Promise.all([1, 2, 3, 4].map(() => accept({ lane: LANE })));
    const run = onlyRun(await claim({ runRows: 3 }));
    await Promise.all([end(run, 2), end(run, 0), end(run, 1), journal.finishRun(run.token)]);
    expect(states()).toEqual({ 4: "ready" });
  });

  test("a lane whose run has not been finished is not claimed a second time", async () => {
    const { accept, claim, claimNumbers, journal, time } = await openTestJournal();
    await Promise.all([accept({ lane: LANE }), accept({ lane: LANE }), accept()]);
    const run = onlyRun(await claim({ runs: 1 }));
    await journal.reschedule({ sequence: 1, token: run.token, dueAt: time.now, error: failure });
    expect(await claimNumbers()).toEqual([[3]]);
    await journal.finishRun(run.token);
    expect(await claimNumbers()).toEqual([[1, 2]]);
  });
});
