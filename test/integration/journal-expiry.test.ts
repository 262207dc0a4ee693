import { describe, expect, test } from "vitest";
import type { ClosingRow } from "../../src/queue/journal.ts";
import { failure, onlyRun, openTestJournal } from "./journal-fixture.ts";

const LANE = 42;

describe("expiry", () => {
  test("a row that was never begun ends when a claim meets it, and its lane goes on at once", async () => {
    const { accept, claim, ended, time } = await openTestJournal();
    await Promise.all([
      accept({ lane: LANE, expiresAt: time.now + 5 }),
      accept({ lane: LANE }),
      accept({ expiresAt: time.now + 5 }),
    ]);
    time.now += 5;
    const claimed = await claim();
    expect(claimed.expired.toSorted((a, b) => a - b)).toEqual([1, 3]);
    expect(claimed.runs.map(({ rows }) => rows[0]?.sequence)).toEqual([2]);
    expect(ended(1)).toMatchObject({ outcome: "expired", attempts: 0 });
  });

  test("one that was begun is closed first, because its effect may be there", async () => {
    const { accept, claim, row, journal, time } = await openTestJournal();
    await accept({ expiresAt: time.now + 100 });
    const { token } = onlyRun(await claim());
    await journal.reschedule({ sequence: 1, token, dueAt: time.now + 50, error: failure });
    await journal.finishRun(token);
    time.now += 200;
    const claimed = await claim();
    expect(claimed).toMatchObject({
      runs: [],
      expired: [],
      closing: [{ sequence: 1, becomes: "expired", operationId: "op_1" }],
    });
    expect(row(1)).toMatchObject({ state: "closing", closing_target: "expired" });
  });

  test("nobody claims it: the slow walk finds it, blocked, scheduled, ready or held, and tells", async () => {
    const { accept, claim, ended, row, states, journal, time } = await openTestJournal();
    const expired: number[] = [];
    const closing: ClosingRow[] = [];
    journal.onExpired((sequences) => expired.push(...sequences));
    journal.onClosing((rows) => closing.push(...rows));
    await accept({ expiresAt: time.now + 100 });
    const { token } = onlyRun(await claim());
    await journal.reschedule({ sequence: 1, token, dueAt: time.now + 5_000, error: failure });
    await journal.finishRun(token);
    await Promise.all([
      accept({ lane: LANE }),
      accept({ lane: LANE, expiresAt: time.now + 100 }),
      accept({ expiresAt: time.now + 100 }),
      accept({ lane: LANE }),
    ]);
    await journal.setDefinitions([]);
    await accept({ expiresAt: time.now + 100 });
    await claim({ runs: 1, preferred: [[], [], [6]] });
    await journal.setDefinitions([{ name: "first", version: 1, acceptsOlder: false }]);
    time.now += 200;
    await expect
      .poll(() => [expired.toSorted((a, b) => a - b), closing.map(({ sequence }) => sequence)])
      .toEqual([[3, 4, 6], [1]]);
    expect(states()).toEqual({ 1: "closing", 2: "ready", 5: "blocked" });
    expect(row(1)).toMatchObject({ closing_target: "expired", due: null });
    expect(ended(3)).toMatchObject({ outcome: "expired" });
  });

  test("an expired head is replaced by the row behind it when the walk finds it", async () => {
    const { accept, states, time } = await openTestJournal();
    await Promise.all([
      accept({ lane: LANE, expiresAt: time.now + 5, priority: 1 }),
      accept({ lane: LANE, priority: 4 }),
    ]);
    time.now += 10;
    await expect.poll(states).toEqual({ 2: "ready" });
  });

  test("dead letters do not expire: they wait for a person", async () => {
    const { accept, claim, states, journal, time } = await openTestJournal();
    await accept({ expiresAt: time.now + 5 });
    const { token } = onlyRun(await claim());
    await journal.bury({ sequence: 1, token, error: failure, skip: false });
    time.now += 1_000;
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(states()).toEqual({ 1: "dead" });
  });
});
