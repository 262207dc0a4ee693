import { describe, expect, test } from "vitest";
import { failure, LIFE_MS, onlyRun, openTestJournal, type TestJournal } from "./journal-fixture.ts";

const LANE = 42;
const person = (sequence: number) => ({ sequence, principal: "anna", reason: "looked at it" });

async function bury({ claim, journal }: TestJournal, skip: boolean): Promise<number> {
  const run = onlyRun(await claim({ runs: 1 }));
  const { sequence } = run.rows[0] as { sequence: number };
  await Promise.all([journal.bury({ sequence, token: run.token, error: failure, skip }), journal.finishRun(run.token)]);
  return sequence;
}

describe("dead letters", () => {
  test("one parks its lane: what is behind it waits, and nothing else does", async () => {
    const test = await openTestJournal();
    const { accept, states, row, claimNumbers } = test;
    await Promise.all([accept({ lane: LANE }), accept({ lane: LANE }), accept({ lane: 7 })]);
    await bury(test, false);
    await accept({ lane: LANE });
    expect(states()).toEqual({ 1: "dead", 2: "blocked", 3: "ready", 4: "blocked" });
    expect(row(1)).toMatchObject({
      lane: LANE,
      attempts: 1,
      error: JSON.stringify(failure),
      dead_since: test.time.now,
    });
    expect(await claimNumbers()).toEqual([[3]]);
  });

  test("retried in place, it begins its next incarnation with a new life, before everything behind it", async () => {
    const test = await openTestJournal();
    const { accept, row, claim, journal, time } = test;
    await Promise.all([accept({ lane: LANE }), accept({ lane: LANE })]);
    await bury(test, false);
    const expiresAt = time.now + 5 * LIFE_MS;
    expect(await journal.retryDead({ ...person(1), expiresAt })).toEqual({
      state: "retried",
      place: "same",
      sequence: 1,
    });
    expect(row(1)).toMatchObject({
      state: "ready",
      incarnation: 1,
      attempts: 0,
      interruptions: 0,
      expires_at: expiresAt,
      error: null,
      dead_since: null,
    });
    expect(onlyRun(await claim()).rows).toMatchObject([
      { sequence: 1, incarnation: 1 },
      { sequence: 2, incarnation: 0 },
    ]);
  });

  test("a skipped one lets its lane go on", async () => {
    const test = await openTestJournal();
    const { accept, states, row, claimNumbers } = test;
    await Promise.all([accept({ lane: LANE, priority: 1 }), accept({ lane: LANE, priority: 4 })]);
    await bury(test, true);
    expect(states()).toEqual({ 1: "dead", 2: "ready" });
    expect(row(1)).toMatchObject({ lane: null, skipped_lane: LANE });
    expect(await claimNumbers({ lowestPriority: 1 })).toEqual([[2]]);
  });

  test("retried, a skipped one goes to the end of its lane under a new number, and keeps its id", async () => {
    const test = await openTestJournal();
    const { accept, claim, row, journal, outside, time } = test;
    await accept({ lane: LANE });
    await bury(test, true);
    await accept({ lane: LANE });
    const retried = await journal.retryDead({ ...person(1), expiresAt: time.now + 50 });
    expect(retried).toEqual({ state: "retried", place: "end", sequence: 3 });
    expect(row(3)).toMatchObject({
      state: "blocked",
      lane: LANE,
      skipped_lane: null,
      operation_id: "op_1",
      incarnation: 1,
      attempts: 0,
      expires_at: time.now + 50,
    });
    expect(outside.prepare("SELECT * FROM moved").all()).toEqual([{ first_sequence: 1, sequence: 3 }]);
    await accept({ lane: LANE });
    expect(onlyRun(await claim()).rows.map(({ operationId, sequence }) => [operationId, sequence])).toEqual([
      ["op_2", 2],
      ["op_1", 3],
      ["op_4", 4],
    ]);
  });

  test("skipped and retried twice, its first number still leads to it", async () => {
    const test = await openTestJournal();
    const { accept, journal, outside, time, claim } = test;
    await accept({ lane: LANE });
    for (let time_ = 0; time_ < 2; time_ += 1) {
      const sequence = await bury(test, true);
      await journal.retryDead({ ...person(sequence), expiresAt: time.now + 50 });
    }
    expect(outside.prepare("SELECT * FROM moved ORDER BY 1").all()).toEqual([
      { first_sequence: 1, sequence: 3 },
      { first_sequence: 2, sequence: 3 },
    ]);
    expect(onlyRun(await claim()).rows).toMatchObject([{ sequence: 3, operationId: "op_1", incarnation: 2 }]);
  });

  test("with a key, a duplicate is answered with the place it has moved to", async () => {
    const test = await openTestJournal();
    const { accept, journal, time } = test;
    const key = { hash: "k".repeat(32), inputHash: "i", until: time.now + 1_000 };
    await accept({ lane: LANE, key });
    await bury(test, true);
    await journal.retryDead({ ...person(1), expiresAt: time.now + 50 });
    expect(await accept({ lane: LANE, key })).toMatchObject({ state: "duplicate", sequence: 2 });
  });

  test("the order of a lane holds when a retry stands between acceptances of one batch", async () => {
    const test = await openTestJournal();
    const { accept, claim, journal, time } = test;
    await accept({ lane: LANE });
    await bury(test, true);
    await Promise.all([
      accept({ lane: LANE }),
      journal.retryDead({ ...person(1), expiresAt: time.now + 50 }),
      accept({ lane: LANE }),
    ]);
    expect(onlyRun(await claim()).rows.map(({ operationId }) => operationId)).toEqual(["op_2", "op_1", "op_4"]);
  });

  test("discarded, it ends, and its lane goes on with what it carried", async () => {
    const test = await openTestJournal();
    const { accept, states, ended, outside, journal, row } = test;
    await Promise.all([accept({ lane: LANE, priority: 1 }), accept({ lane: LANE })]);
    await bury(test, false);
    expect(await journal.discardDead(person(1))).toBe("discarded");
    expect(await journal.discardDead(person(1))).toBe("not_dead");
    expect(await journal.retryDead({ ...person(1), expiresAt: 1 })).toEqual({ state: "not_dead" });
    expect(states()).toEqual({ 2: "ready" });
    expect(row(2)?.priority).toBe(1);
    expect(ended(1)).toMatchObject({ outcome: "discarded", error: JSON.stringify(failure) });
    expect(outside.prepare("SELECT principal, detail FROM audit WHERE kind = 'discarded'").all()).toEqual([
      { principal: "anna", detail: '{"reason":"looked at it"}' },
    ]);
  });

  test("a lane stays parked over a restart", async () => {
    const test = await openTestJournal();
    await Promise.all([test.accept({ lane: LANE }), test.accept({ lane: LANE })]);
    await bury(test, false);
    const again = await test.crashAndReopen();
    expect(await again.claimNumbers()).toEqual([]);
    expect(again.states()).toEqual({ 1: "dead", 2: "blocked" });
    await again.journal.retryDead({ ...person(1), expiresAt: again.time.now + LIFE_MS });
    expect(await again.claimNumbers()).toEqual([[1, 2]]);
  });

  test("a fence's answer may let the lane go on without the letter", async () => {
    const { accept, claim, states, journal } = await openTestJournal();
    await Promise.all([accept({ lane: LANE }), accept({ lane: LANE })]);
    const run = onlyRun(await claim({ runRows: 1 }));
    await Promise.all([
      journal.close({ sequence: 1, token: run.token, becomes: "dead", error: failure }),
      journal.finishRun(run.token),
    ]);
    await journal.closed({ sequence: 1, found: "fenced", skip: true });
    expect(states()).toEqual({ 1: "dead", 2: "ready" });
  });
});

describe("two requests for one row in one commit", () => {
  test("the second finds what the first has left", async () => {
    const test = await openTestJournal();
    const { accept, journal, states } = test;
    await Promise.all([accept(), accept({ lane: LANE })]);
    await bury(test, false);
    expect(await Promise.all([journal.discardDead(person(1)), journal.discardDead(person(1))])).toEqual([
      "discarded",
      "not_dead",
    ]);
    expect(await Promise.all([journal.cancel(person(2)), journal.cancel(person(2))])).toEqual([
      "cancelled",
      "not_waiting",
    ]);
    expect(states()).toEqual({});
  });
});

describe("cancellation", () => {
  test("a row that was never begun ends at once, wherever it stands", async () => {
    const { accept, states, ended, journal, outside } = await openTestJournal();
    await Promise.all([accept({ lane: LANE }), accept({ lane: LANE }), accept({ lane: LANE }), accept()]);
    expect(await journal.cancel(person(2))).toBe("cancelled");
    expect(await journal.cancel(person(1))).toBe("cancelled");
    expect(await journal.cancel(person(4))).toBe("cancelled");
    expect(states()).toEqual({ 3: "ready" });
    expect(ended(1)).toMatchObject({
      outcome: "cancelled",
      error: '{"code":"cancelled","message":"looked at it","retryable":false}',
    });
    expect(outside.prepare("SELECT kind, principal FROM audit WHERE sequence = 1 ORDER BY id").all()).toEqual([
      { kind: "accepted", principal: "tester" },
      { kind: "cancelled", principal: "anna" },
      { kind: "ended", principal: "tester" },
    ]);
  });

  test("one that was begun is closed first, and told; one that runs, is dead or unknown is left alone", async () => {
    const { accept, claim, states, journal, time, ended } = await openTestJournal();
    const told: unknown[] = [];
    journal.onClosing((rows) => told.push(...rows));
    await Promise.all([accept({ lane: LANE }), accept({ lane: LANE })]);
    const run = onlyRun(await claim({ runRows: 1 }));
    expect(await journal.cancel(person(1))).toBe("running");
    await Promise.all([
      journal.reschedule({ sequence: 1, token: run.token, dueAt: time.now + 1_000, error: failure }),
      journal.finishRun(run.token),
    ]);
    expect(await journal.cancel(person(1))).toBe("closing");
    expect(await journal.cancel(person(1))).toBe("closing");
    expect(await journal.cancel(person(99))).toBe("not_waiting");
    expect(told).toMatchObject([{ sequence: 1, becomes: "cancelled" }]);
    expect(states()).toEqual({ 1: "closing", 2: "blocked" });
    await journal.closed({ sequence: 1, found: "fenced" });
    expect(ended(1)).toMatchObject({ outcome: "cancelled" });
    expect(states()).toEqual({ 2: "ready" });
  });
});
