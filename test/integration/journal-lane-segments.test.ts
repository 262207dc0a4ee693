import { join } from "node:path";
import SQLite from "better-sqlite3";
import { describe, expect, test } from "vitest";
import { firstTables } from "../../src/storage/migrations/0001-first-tables.ts";
import { latestVersion } from "../../src/storage/migrations/index.ts";
import { migrate } from "../../src/storage/migrations/migrate.ts";
import { failure, onlyRun, openTestJournal, START, temporaryDirectory, type TestJournal } from "./journal-fixture.ts";

const LANE = 42;
/** Numbers of one lane in segments of the lane index that are far apart, with others of the same segments between. */
const FAR = [1, 10, 20_000, 20_010, 1_000_000, 9_000_000];

async function acceptFar({ accept }: TestJournal): Promise<void> {
  for (const [index, sequence] of FAR.entries()) {
    await accept({ lane: LANE, sequence, priority: 5 - index });
    await accept({ lane: 100 + index });
  }
}

describe("a lane whose rows stand far apart (invariant 3: order per lane)", () => {
  test("is claimed as one run, in order", async () => {
    const test = await openTestJournal();
    await acceptFar(test);
    const { runs } = await test.claim();
    const run = runs.find(({ lane }) => lane === LANE);
    expect(run?.rows.map(({ sequence }) => sequence)).toEqual(FAR);
  });

  test("goes on row by row, however far the next one is, also after a crash", async () => {
    let test = await openTestJournal();
    await acceptFar(test);
    for (const [index, sequence] of FAR.entries()) {
      // The next row is looked for now in the memory of one process, now in that of the next.
      if (index % 2 === 1) test = await test.crashAndReopen();
      const { runs } = await test.claim({ runRows: 1 });
      const run = runs.find(({ lane }) => lane === LANE);
      expect(run?.rows.map((row) => row.sequence)).toEqual([sequence]);
      await Promise.all(runs.map((each) => test.end(each)));
      await Promise.all(runs.map(({ token }) => test.journal.finishRun(token)));
    }
    expect(test.states()).toEqual({});
  });

  test("carries its most urgent priority over the distance: to its head, and on from a row that is cancelled", async () => {
    const { accept, row, journal } = await openTestJournal();
    await accept({ lane: LANE, sequence: 1, priority: 4 });
    await accept({ lane: LANE, sequence: 500_000, priority: 4 });
    await accept({ lane: LANE, sequence: 5_000_000, priority: 1 });
    expect(row(1)?.priority).toBe(1);
    await journal.cancel({ sequence: 5_000_000, principal: "anna", reason: "not needed" });
    expect(row(500_000)?.priority).toBe(1);
    expect(await accept({ lane: LANE, sequence: 6_000_000, priority: 4 })).toMatchObject({ state: "blocked" });
    expect(row(6_000_000)?.priority).toBe(1);
  });

  test("waits behind a dead letter that is far away, and is listed as parked", async () => {
    const test = await openTestJournal();
    const { accept, claim, claimNumbers, journal } = test;
    await accept({ lane: LANE, sequence: 1 });
    await accept({ lane: LANE, sequence: 800_000 });
    const { token } = onlyRun(await claim({ runRows: 1 }));
    await journal.bury({ sequence: 1, token, error: failure, skip: false });
    await journal.finishRun(token);
    expect(await claimNumbers()).toEqual([]);
    const reopened = await test.crashAndReopen();
    expect(await reopened.accept({ lane: LANE, sequence: 1_600_000 })).toMatchObject({ state: "blocked" });
    await reopened.journal.discardDead({ sequence: 1, principal: "anna", reason: "not needed" });
    expect(await reopened.claimNumbers()).toEqual([[800_000, 1_600_000]]);
  });
});

test("a journal of the first version is migrated with what waits in it, in order", async () => {
  const directory = temporaryDirectory();
  const path = join(directory, "journal.db");
  const old = new SQLite(path);
  migrate(old, path, [firstTables]);
  old.exec(`
    INSERT INTO pool (name, ready, blocked, bytes) VALUES ('graph', 1, 2, 6);
    INSERT INTO definition (name, version) VALUES ('first', 1);
    INSERT INTO meta VALUES (1, 'old', 1, 70000, 1, 0)`);
  const insert = old.prepare(
    `INSERT INTO operation (sequence, state, pool, priority, definition, lane, accepted_at, expires_at, principal, input)
     VALUES (?, ?, 1, 2, 1, ?, 0, ?, 'anna', '{}')`,
  );
  for (const [sequence, state] of [
    [3, 0],
    [60_000, 2],
    [70_000, 2],
  ])
    insert.run(sequence, state, LANE, START * 2);
  expect(old.pragma("user_version", { simple: true })).toBe(1);
  old.close();

  const { outside, accept, claimNumbers } = await openTestJournal({}, directory);
  expect(outside.pragma("user_version", { simple: true })).toBe(latestVersion);
  expect(await accept({ lane: LANE })).toMatchObject({ state: "blocked", number: 70_001 });
  expect(await claimNumbers()).toEqual([[3, 60_000, 70_000, 70_001]]);
});
