import SQLite from "better-sqlite3";
import { Kysely } from "kysely";
import { describe, expect, test } from "vitest";
import type { Database } from "../../src/storage/database.ts";
import { migrations } from "../../src/storage/migrations/index.ts";
import { operationState } from "../../src/storage/operation-state.ts";
import { ReaderDialect } from "../../src/storage/reader-dialect.ts";
import { COUNTED_TO, listLane, listLanes } from "../../src/storage/reads/list-lanes.ts";

const SEGMENT = 8_192;

/** A journal of which only what matters to lanes is filled in. */
function journalOf(rows: readonly { sequence: number; state: keyof typeof operationState; lane: number | null }[]) {
  const file = new SQLite(":memory:");
  for (const { sql } of migrations) file.exec(sql);
  file.exec("INSERT INTO pool (name) VALUES ('graph'); INSERT INTO definition (name, version) VALUES ('d', 1)");
  const insert = file.prepare(`
    INSERT INTO operation (sequence, state, pool, priority, definition, lane, accepted_at, expires_at, principal, input)
    VALUES (?, ?, 1, 2, 1, ?, 0, 0, 'p', '{}')`);
  file.transaction(() => {
    for (const { sequence, state, lane } of rows) insert.run(sequence, operationState[state], lane);
  })();
  return new Kysely<Database>({
    dialect: new ReaderDialect(async (sql, parameters) => file.prepare(sql).all(...parameters)),
  });
}

async function allPages<Row>(
  page: (after: number) => Promise<{ readonly rows: readonly Row[]; readonly next: number | undefined }>,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (let after = 0; ; ) {
    const { rows: some, next } = await page(after);
    rows.push(...some);
    if (next === undefined) return rows;
    expect(next).toBeGreaterThan(after);
    after = next;
  }
}

describe("a lane", () => {
  test("is listed whole and in order, however far apart its rows are", async () => {
    // Rows of other lanes in every segment, and those of this one in a few of them, far apart.
    const others = Array.from({ length: 700 }, (_, segment) => ({
      sequence: segment * SEGMENT + 9,
      state: "ready" as const,
      lane: 1_000 + segment,
    }));
    const own = [3, 4, 260 * SEGMENT, 261 * SEGMENT + 1, 699 * SEGMENT + 8].map((sequence, index) => ({
      sequence,
      state: index === 0 ? ("dead" as const) : ("blocked" as const),
      lane: 7,
    }));
    const database = journalOf([...others, ...own]);
    const rows = await allPages((after) => listLane(database, { lane: 7, after, limit: 2 }));
    expect(rows.map(({ sequence }) => sequence)).toEqual(own.map(({ sequence }) => sequence));
    expect(rows.map(({ state }) => state)).toEqual(["dead", "parked", "parked", "parked", "parked"]);
    expect((await listLane(database, { lane: 8, limit: 2 })).rows).toEqual([]);
  });
});

describe("lanes", () => {
  test("that are parked are listed once each, with how many wait behind the letter; passed letters park none", async () => {
    const database = journalOf([
      ...[30, 10, 20].flatMap((lane, index) => [
        { sequence: index * 10 + 1, state: "dead" as const, lane },
        ...Array.from({ length: index }, (_, behind) => ({
          sequence: index * 10 + 2 + behind,
          state: "blocked" as const,
          lane,
        })),
      ]),
      { sequence: 90, state: "dead", lane: null },
      { sequence: 91, state: "ready", lane: 40 },
    ]);
    const rows = await allPages((after) => listLanes(database, { state: "dead", after, limit: 2 }));
    expect(rows.map(({ lane, head, behind }) => [lane, head.sequence, behind])).toEqual([
      [10, 11, 1],
      [20, 21, 2],
      [30, 1, 0],
    ]);
  });

  test("count no further than a bound", async () => {
    const database = journalOf(
      Array.from({ length: COUNTED_TO + 50 }, (_, index) => ({
        sequence: index + 1,
        state: index === 0 ? ("ready" as const) : ("blocked" as const),
        lane: 5,
      })),
    );
    expect((await listLanes(database, { state: "ready", limit: 5 })).rows).toMatchObject([
      { lane: 5, behind: COUNTED_TO },
    ]);
  });

  test("that are being executed show one head, whose followers run beside it", async () => {
    const database = journalOf([
      { sequence: 1, state: "running", lane: 5 },
      { sequence: 2, state: "running", lane: 5 },
      { sequence: 3, state: "blocked", lane: 5 },
      { sequence: 4, state: "running", lane: null },
    ]);
    expect((await listLanes(database, { state: "running", limit: 5 })).rows).toMatchObject([
      { lane: 5, head: { sequence: 1 }, behind: 2 },
    ]);
  });
});
