import { describe, expect, test } from "vitest";
import { failure, LIFE_MS, onlyRun, openTestJournal, SEARCH, START } from "./journal-fixture.ts";

describe("the life of one row", () => {
  test("it is on disk when its acceptance is answered, with everything that was given", async () => {
    const { accept, row, journal } = await openTestJournal();
    const accepted = await accept({ input: '{"a":1}', principal: "anna", priority: 3, lane: 77 });
    expect(accepted).toEqual({ state: "ready", number: 1 });
    expect(row(1)).toMatchObject({
      state: "ready",
      input: '{"a":1}',
      principal: "anna",
      priority: 3,
      lane: 77,
      pool: journal.opened.pools[0],
      definition: journal.opened.definitions[0],
      accepted_at: START,
      expires_at: START + LIFE_MS,
      attempts: 0,
      interruptions: 0,
      incarnation: 0,
    });
  });

  test("accepted as running it has a token and can end at once", async () => {
    const { accept, row, ended, journal } = await openTestJournal();
    const accepted = await accept({ wants: "running" });
    if (accepted.state !== "running") throw new Error("it was to run");
    expect(row(1)?.state).toBe("running");
    await journal.end({
      sequence: 1,
      token: accepted.token,
      outcome: "completed",
      endedAt: START + 9,
      replayed: false,
      result: '"done"',
    });
    expect(row(1)).toBeUndefined();
    expect(ended(1)).toMatchObject({
      outcome: "completed",
      result: '"done"',
      ended_at: START + 9,
      attempts: 1,
      replayed: 0,
      value_omitted: 0,
    });
  });

  test("it is claimed with all that its execution needs, once", async () => {
    const { accept, claim, claimNumbers, row } = await openTestJournal();
    await accept({ input: '{"x":2}', principal: "anna" });
    const run = onlyRun(await claim());
    expect(run.rows).toEqual([
      {
        sequence: 1,
        operationId: "op_1",
        definition: 1,
        priority: 2,
        principal: "anna",
        acceptedAt: START,
        expiresAt: START + LIFE_MS,
        attempts: 0,
        interruptions: 0,
        incarnation: 0,
        keyed: false,
        input: '{"x":2}',
      },
    ]);
    expect(row(1)?.state).toBe("running");
    expect(await claimNumbers()).toEqual([]);
  });

  test("a failed end keeps its error, a replayed one says so, an omitted value is marked", async () => {
    const { accept, claim, ended, journal } = await openTestJournal();
    await Promise.all([accept(), accept()]);
    const [first, second] = (await claim()).runs;
    await journal.end({
      sequence: 1,
      token: first?.token ?? 0,
      outcome: "failed",
      endedAt: START,
      replayed: false,
      error: failure,
    });
    await journal.end({
      sequence: 2,
      token: second?.token ?? 0,
      outcome: "completed",
      endedAt: START,
      replayed: true,
      valueOmitted: true,
    });
    expect(ended(1)).toMatchObject({ outcome: "failed", error: JSON.stringify(failure), result: null });
    expect(ended(2)).toMatchObject({ outcome: "completed", replayed: 1, value_omitted: 1, result: null });
  });

  test("rescheduled, it waits until it is due and then counts one attempt more", async () => {
    const { accept, claim, claimNumbers, row, journal, time } = await openTestJournal();
    await accept();
    const { token } = onlyRun(await claim());
    await journal.reschedule({ sequence: 1, token, dueAt: START + 500.4, error: failure });
    await journal.finishRun(token);
    expect(row(1)).toMatchObject({ state: "scheduled", due: START + 500, attempts: 1, error: JSON.stringify(failure) });
    expect(await claimNumbers()).toEqual([]);
    time.now += 501;
    expect(onlyRun(await claim()).rows[0]).toMatchObject({ sequence: 1, attempts: 1 });
    expect(row(1)).toMatchObject({ state: "running", due: null });
  });

  test("what is due wakes by itself, though nobody asks for anything", async () => {
    const { accept, claim, states, journal, time } = await openTestJournal();
    await accept();
    const { token } = onlyRun(await claim());
    const woken = new Promise<void>((resolve) => {
      journal.onChange(() => {
        if ((journal.counts.get(1)?.ready ?? 0) > 0) resolve();
      });
    });
    await journal.reschedule({ sequence: 1, token, dueAt: START + 50, error: failure });
    await journal.finishRun(token);
    time.now += 60;
    await woken;
    expect(states()).toEqual({ 1: "ready" });
  });

  test("given back, it waits again without a counted attempt; as interrupted, with an interruption", async () => {
    const { accept, claim, row, journal } = await openTestJournal();
    await accept();
    const first = onlyRun(await claim());
    await journal.giveBack({ sequence: 1, token: first.token, interrupted: false });
    expect(row(1)).toMatchObject({ state: "ready", attempts: 0, interruptions: 0 });
    const second = onlyRun(await claim());
    await journal.giveBack({ sequence: 1, token: second.token, interrupted: true });
    expect(row(1)).toMatchObject({ state: "ready", attempts: 0, interruptions: 1 });
  });

  test("closed with a fence that found nothing, it becomes what it was closed for", async () => {
    const { accept, claim, row, ended, journal } = await openTestJournal();
    await Promise.all([accept(), accept(), accept()]);
    const { runs } = await claim();
    for (const [index, becomes] of (["dead", "expired", "cancelled"] as const).entries())
      await journal.close({ sequence: index + 1, token: runs[index]?.token ?? 0, becomes, error: failure });
    expect(await journal.closings(0, 10)).toMatchObject([
      { sequence: 1, becomes: "dead", operationId: "op_1", pool: 1, definition: 1, incarnation: 0 },
      { sequence: 2, becomes: "expired" },
      { sequence: 3, becomes: "cancelled" },
    ]);
    expect(await journal.closings(1, 1)).toMatchObject([{ sequence: 2 }]);
    for (const sequence of [1, 2, 3]) await journal.closed({ sequence, found: "fenced" });
    expect(row(1)).toMatchObject({ state: "dead", dead_since: START, error: JSON.stringify(failure), attempts: 1 });
    expect(ended(2)).toMatchObject({ outcome: "expired" });
    expect(ended(3)).toMatchObject({ outcome: "cancelled" });
    expect(await journal.closings(0, 10)).toEqual([]);
  });

  test("closed with a fence that found an effect, it is completed with the stored result", async () => {
    const { accept, claim, ended, journal } = await openTestJournal();
    await accept();
    const { token } = onlyRun(await claim());
    await journal.close({ sequence: 1, token, becomes: "dead", error: failure });
    await journal.closed({ sequence: 1, found: "applied", result: "42" });
    expect(ended(1)).toMatchObject({ outcome: "completed", result: "42", replayed: 1, error: null });
    await expect(journal.closed({ sequence: 1, found: "fenced" })).rejects.toMatchObject({ code: "run_not_owned" });
  });

  test("an acknowledgement under another token, or a second one, is refused and changes nothing", async () => {
    const { accept, claim, row, ended, journal } = await openTestJournal();
    await accept();
    const first = onlyRun(await claim());
    await journal.giveBack({ sequence: 1, token: first.token, interrupted: false });
    const second = onlyRun(await claim());
    const late = { sequence: 1, token: first.token };
    await expect(journal.end({ ...late, outcome: "completed", endedAt: START, replayed: false })).rejects.toMatchObject(
      { code: "run_not_owned" },
    );
    await expect(journal.reschedule({ ...late, dueAt: START, error: failure })).rejects.toMatchObject({
      code: "run_not_owned",
    });
    await expect(journal.bury({ ...late, error: failure, skip: false })).rejects.toMatchObject({
      code: "run_not_owned",
    });
    expect(row(1)).toMatchObject({ state: "running", attempts: 0 });
    await journal.end({ sequence: 1, token: second.token, outcome: "completed", endedAt: START, replayed: false });
    await expect(
      journal.end({ sequence: 1, token: second.token, outcome: "failed", endedAt: START, replayed: false }),
    ).rejects.toMatchObject({ code: "run_not_owned" });
    expect(ended(1)).toMatchObject({ outcome: "completed" });
  });

  test("a pool is claimed alone, the most urgent first, within the budgets of runs, rows and bytes", async () => {
    const { accept, claimNumbers, journal } = await openTestJournal();
    const [graph, search] = journal.opened.pools as [number, number];
    expect(SEARCH).toBe(1);
    await Promise.all([
      accept({ priority: 3 }),
      accept({ pool: search }),
      accept({ priority: 1 }),
      accept({ input: JSON.stringify("x".repeat(600)), priority: 2 }),
      accept({ input: JSON.stringify("x".repeat(600)), priority: 2 }),
      accept({ priority: 0 }),
    ]);
    expect(await claimNumbers({ pool: graph, lowestPriority: 0 })).toEqual([[6]]);
    expect(await claimNumbers({ pool: graph, runs: 1 })).toEqual([[3]]);
    expect(await claimNumbers({ pool: graph, bytes: 700 })).toEqual([[4]]);
    expect(await claimNumbers({ pool: graph, bytes: 100 })).toEqual([[5]]);
    expect(await claimNumbers({ pool: search, rows: 0 })).toEqual([]);
    expect(await claimNumbers({ pool: search })).toEqual([[2]]);
    expect(await claimNumbers({ pool: graph })).toEqual([[1]]);
  });

  test("preferred live calls are claimed before older rows of their priority, and after whatever is more urgent", async () => {
    const { accept, claim, claimNumbers } = await openTestJournal();
    await Promise.all([accept(), accept(), accept(), accept({ priority: 3 }), accept({ priority: 3 })]);
    await accept({ priority: 1 });
    expect(await claimNumbers({ runs: 2, preferred: [[], [], [3], [5]] })).toEqual([[6], [3]]);
    expect(await claimNumbers({ runs: 3, preferred: [[], [], [], [5]] })).toEqual([[1], [2], [5]]);
    expect((await claim({ runs: 2, preferred: [[], [], [3, 99], [4, 5]] })).runs).toHaveLength(1);
  });

  test("preferred live calls that are not claimed are said to wait, unless they are no longer ready", async () => {
    const { accept, claim } = await openTestJournal();
    await Promise.all([accept(), accept(), accept(), accept({ priority: 1 }), accept({ priority: 0 })]);
    const preferred = [[], [4], [2, 3, 99]];
    expect((await claim({ runs: 1, preferred })).waiting).toEqual([4, 2, 3, 99]);
    expect((await claim({ runs: 2, preferred })).waiting).toEqual([3]);
    expect((await claim({ runs: 1, lowestPriority: 1, preferred })).waiting).toEqual([2, 3, 99]);
    expect((await claim({ preferred })).waiting).toEqual([]);
  });

  test("an audit row with its principal stands beside every acceptance, end and burial", async () => {
    const { accept, claim, journal, outside } = await openTestJournal();
    await Promise.all([accept({ principal: "anna" }), accept({ principal: "bo" })]);
    const [first, second] = (await claim()).runs;
    await journal.end({
      sequence: 1,
      token: first?.token ?? 0,
      outcome: "failed",
      endedAt: START + 1,
      replayed: false,
      error: failure,
    });
    await journal.bury({ sequence: 2, token: second?.token ?? 0, error: failure, skip: false });
    const rows = outside.prepare("SELECT at, kind, sequence, principal, detail FROM audit ORDER BY id").all();
    expect(rows).toEqual([
      { at: START, kind: "accepted", sequence: 1, principal: "anna", detail: null },
      { at: START, kind: "accepted", sequence: 2, principal: "bo", detail: null },
      {
        at: START + 1,
        kind: "ended",
        sequence: 1,
        principal: "anna",
        detail: '{"outcome":"failed","error":"unavailable"}',
      },
      {
        at: START,
        kind: "buried",
        sequence: 2,
        principal: "bo",
        detail: `{"error":"unavailable","skipped":false,"attempt":1,"claimedAt":${START}}`,
      },
    ]);
  });

  test("transitions and machine records are stored, the newest record of a machine wins", async () => {
    const { journal, outside, close, directory } = await openTestJournal();
    journal.recordTransition({
      at: START,
      machine: "breaker:graph",
      from: "closed",
      to: "open",
      event: "failed",
      cause: '{"actor":"graph"}',
    });
    journal.saveRecord({ id: "breaker:graph", version: 1, at: START, state: '"closed"', context: "{}" });
    journal.saveRecord({ id: "breaker:graph", version: 1, at: START + 1, state: '"open"', context: "{}" });
    await journal.closings(0, 1);
    expect(outside.prepare("SELECT * FROM transition").all()).toMatchObject([
      { machine: "breaker:graph", from_state: "closed", to_state: "open", event: "failed", cause: '{"actor":"graph"}' },
    ]);
    expect(outside.prepare("SELECT kind, detail FROM audit").all()).toMatchObject([{ kind: "transition" }]);
    await close();
    const again = await openTestJournal({}, directory);
    expect(again.journal.opened.records).toEqual([
      { id: "breaker:graph", version: 1, at: START + 1, state: '"open"', context: "{}" },
    ]);
  });
});
