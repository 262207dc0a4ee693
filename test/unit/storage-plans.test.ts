import { readdirSync } from "node:fs";
import SQLite from "better-sqlite3";
import { DummyDriver, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from "kysely";
import { describe, expect, test } from "vitest";
import type { Database } from "../../src/storage/database.ts";
import { migrations } from "../../src/storage/migrations/index.ts";
import { ReaderDialect } from "../../src/storage/reader-dialect.ts";
import { countParked, drainRemainder } from "../../src/storage/reads/drain-remainder.ts";
import { countEndedSince, sampleEndedSince } from "../../src/storage/reads/ended-since.ts";
import { findOperation } from "../../src/storage/reads/find-operation.ts";
import { findAlert, listAlerts } from "../../src/storage/reads/list-alerts.ts";
import { listAudit } from "../../src/storage/reads/list-audit.ts";
import { listEnded } from "../../src/storage/reads/list-ended.ts";
import { listLane, listLanes } from "../../src/storage/reads/list-lanes.ts";
import { listOperations } from "../../src/storage/reads/list-operations.ts";
import { listPools } from "../../src/storage/reads/list-pools.ts";
import { listPurgeable } from "../../src/storage/reads/list-purgeable.ts";
import { listTransitions } from "../../src/storage/reads/list-transitions.ts";
import { countReady, oldestWaiting } from "../../src/storage/reads/oldest-waiting.ts";
import { becauseOf, earlierSequences, operationSteps } from "../../src/storage/reads/operation-steps.ts";
import {
  countDegradations,
  findTransition,
  lastTransition,
  readHistory,
  type ReadHistory,
} from "../../src/storage/reads/read-history.ts";
import { operationStateNames } from "../../src/storage/operation-state.ts";
import type { SizedStatement, Statement } from "../../src/storage/statements/statement.ts";
import { countTransitions, transitionBounds } from "../../src/storage/reads/transition-bounds.ts";
import { lastOfEach, neighbours } from "../../src/storage/reads/transition-moments.ts";
import { countBetween, transitionsAfter } from "../../src/storage/reads/transition-places.ts";

const folder = new URL("../../src/storage/statements/", import.meta.url);

const database = new SQLite(":memory:");
for (const { sql } of migrations) database.exec(sql);

function planOf(sql: string): string[] {
  const parameters = Array.from({ length: sql.split("?").length - 1 }, () => 1);
  return database
    .prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
    .all(...parameters)
    .map(({ detail }) => detail);
}

/** Small by nature: a row per name or machine, or one row; or by a bound, as tokens are. */
const SMALL_TABLES = /^SCAN (pool|definition|machine_record|meta|token)( |$)/;
/** Numbers of segments, which a recursion makes one after the other: as many as there are between two rows. */
const SEGMENTS = /^SCAN (segment|CONSTANT ROW)$/;
/** What a subquery or a join has found already. */
const SUBQUERY = /^SCAN (\(?(subquery|open)|\d+-ROW VALUES)/;
/** Every row with a lane, once, when the journal is opened. */
const ALL_LANES = /^SCAN operation USING COVERING INDEX operation_lane$/;
/** What is not resolved and nothing else: as many as may be open at a time. */
const ALL_UNRESOLVED = /^SCAN alert USING INDEX alert_unresolved$/;
/** Everything that is scheduled, and nothing else: the index holds no other row. */
const ALL_SCHEDULED = /^SCAN operation USING INDEX operation_scheduled$/;

const badSteps = (plan: readonly string[]): string[] =>
  plan.filter(
    (step) =>
      (step.startsWith("SCAN ") &&
        !ALL_LANES.test(step) &&
        !SMALL_TABLES.test(step) &&
        !SUBQUERY.test(step) &&
        !SEGMENTS.test(step) &&
        !ALL_UNRESOLVED.test(step) &&
        !ALL_SCHEDULED.test(step)) ||
      step.includes("TEMP B-TREE"),
  );

async function statements(): Promise<[name: string, statement: Statement][]> {
  const found: [string, Statement][] = [];
  for (const file of readdirSync(folder)) {
    const exported = (await import(new URL(file, folder).href)) as Record<string, Partial<Statement & SizedStatement>>;
    for (const [name, value] of Object.entries(exported)) {
      if (typeof value.sql === "string") found.push([name, value as Statement]);
      for (const sizedStatement of value.statements ?? [])
        found.push([`${name} ×${sizedStatement.parameterCount / (value.width ?? 1)}`, sizedStatement]);
    }
  }
  return found;
}

const all = await statements();

describe("plans of the writer's statements", () => {
  test("there are statements to look at", () => {
    expect(all.length).toBeGreaterThan(60);
  });

  test.each(all)("%s neither scans nor sorts", (name, { sql }) => {
    expect(badSteps(planOf(sql)), `${name}: ${sql}`).toEqual([]);
  });

  test.each<[name: string, step: RegExp]>([
    ["selectReady", /USING INDEX operation_ready \(pool=\? AND priority<\?\)/],
    ["selectFollowers", /USING INDEX operation_lane \(<expr>=\? AND lane=\? AND rowid>\?\)/],
    ["selectLaterFollowers", /SCAN segment; SEARCH operation USING INDEX operation_lane \(<expr>=\? AND lane=\?\)/],
    ["findLaneHead", /USING INDEX operation_lane \(<expr>=\? AND lane=\? AND rowid>\?\)/],
    ["findLaterLaneHead", /SCAN segment; SEARCH operation USING INDEX operation_lane \(<expr>=\? AND lane=\?\)/],
    ["findLaneTail", /USING INDEX operation_lane \(<expr>=\? AND lane=\? AND rowid<\?\)/],
    ["findEarlierLaneTail", /SEARCH operation USING COVERING INDEX operation_lane \(<expr>=\? AND lane=\?\)/],
    ["selectLanes", /^SCAN operation USING COVERING INDEX operation_lane$/],
    ["selectDue", /USING INDEX operation_scheduled \(due<\?\)/],
    ["findNextDue", /USING COVERING INDEX operation_scheduled/],
    ["selectHeld", /USING INDEX operation_held \(definition=\?\)/],
    ["selectClosing", /USING INDEX operation_closing \(state=\? AND rowid>\?\)/],
    ["selectRunning", /USING INDEX operation_running \(state=\?\)/],
    ["selectAfter", /USING INTEGER PRIMARY KEY \(rowid>\?\)/],
  ])("%s uses the index that was made for it", (name, step) => {
    const sql = all.find(([found]) => found === name)?.[1].sql ?? "";
    expect(planOf(sql).join("; ")).toMatch(step);
  });
});

describe("plans of the reads", () => {
  const seen: string[] = [];
  const reader = new Kysely<Database>({
    dialect: new ReaderDialect(async (sql, parameters) => {
      seen.push(sql);
      return database.prepare(sql).all(...parameters);
    }),
  });

  test("none of them scans `operation`, `ended` or `audit`, or sorts", async () => {
    database.exec("INSERT INTO pool (name) VALUES ('graph')");
    database.exec(
      "INSERT INTO operation (sequence, state, pool, priority, definition, accepted_at, expires_at, principal, input) VALUES (1, 0, 1, 2, 1, 0, 0, 'p', '{}')",
    );
    await findOperation(reader, "op_1");
    await findOperation(reader, `op_${"a".repeat(32)}`);
    await listOperations(reader, { limit: 5 });
    for (const state of operationStateNames) await listOperations(reader, { state, limit: 5 });
    await drainRemainder(reader, [1], 9);
    // With many letters, what is parked behind them is counted from the other side.
    database.exec(`
      WITH RECURSIVE letter (number) AS (VALUES (10) UNION ALL SELECT number + 1 FROM letter WHERE number < 400)
      INSERT INTO operation (sequence, state, pool, priority, definition, lane, accepted_at, expires_at, principal, input)
      SELECT number, 7, 1, 2, 1, number, 0, 0, 'p', '{}' FROM letter`);
    const before = seen.length;
    await drainRemainder(reader, [1], 9);
    expect(seen.slice(before).some((sql) => sql.includes("AS waiting"))).toBe(true);
    // Unless walking what is blocked is too much to ask, once a second.
    const asked = seen.length;
    expect(await countParked(reader, [1], 9, "give_up")).toBe(9);
    expect(seen.slice(asked).some((sql) => sql.includes("AS waiting"))).toBe(false);
    await oldestWaiting(reader, { pools: [1, 2], lowestPriority: 4, blockedToo: true });
    await countReady(reader, [1, 2], 1, 9);
    await countEndedSince(reader, { pools: [1], watermark: 9, since: 0 });
    await sampleEndedSince(reader, { pools: [1], watermark: 9, since: 0, limit: 3 });
    await listPurgeable(reader, { now: 1, endedBefore: 1, limit: 5 });
    await listTransitions(reader, { machine: "m", from: 0, limit: 5 });
    await listAudit(reader, { limit: 5 });
    await listAlerts(reader, { limit: 5 });
    await listAlerts(reader, { status: "open", after: 9, limit: 5 });
    await findAlert(reader, 1);
    await operationSteps(reader, [1, 2]);
    await earlierSequences(reader, 1);
    await becauseOf(reader, 1);
    await listEnded(reader, { limit: 5 });
    await listEnded(reader, { from: 1, to: 9, after: { at: 5, id: 5 }, limit: 5 });
    await listPools(reader);
    await listLanes(reader, { state: "dead", after: 3, limit: 5 });
    await listLanes(reader, { state: "ready", limit: 5 });
    await listLane(reader, { lane: 12, after: 3, limit: 5 });
    expect(seen.length).toBeGreaterThan(18);
    for (const sql of seen) expect(badSteps(planOf(sql)), sql).toEqual([]);
    for (const sql of seen.filter((text) => text.includes("EXISTS")))
      expect(planOf(sql).join("; "), sql).toMatch(/USING COVERING INDEX operation_dead_lane \(lane=\?/);
    for (const sql of seen.filter((text) => /"o"\."state" = [2347]/.test(text)))
      expect(planOf(sql)[0], sql).toMatch(/USING INDEX operation_(blocked|running|closing|dead)/);
  });
});

describe("plans of the history", () => {
  const seen: string[] = [];
  const reader = new Kysely<Database>({
    dialect: new ReaderDialect(async (sql, parameters) => {
      seen.push(sql);
      return database.prepare(sql).all(...parameters);
    }),
  });

  test.each<[question: string, ask: Partial<ReadHistory>, index: RegExp]>([
    ["of all machines", {}, /USING INDEX transition_time/],
    ["of one machine", { machine: "breaker:graph" }, /USING INDEX transition_machine_time \(machine=\?/],
    ["of one mode", { mode: "local_queue" }, /USING INDEX transition_mode \(mode=\?/],
    ["of all modes", { onlyModes: true }, /USING INDEX transition_modes/],
  ])("a page %s costs its rows, however many there are of others", async (_, ask, index) => {
    seen.length = 0;
    for (const order of ["newest", "oldest"] as const) {
      await readHistory(reader, { ...ask, order, limit: 5 });
      await readHistory(reader, { ...ask, order, from: 1, to: 9, after: { at: 5, id: 5 }, limit: 5 });
    }
    for (const sql of seen) expect(planOf(sql).join("; "), sql).toMatch(index);
    for (const sql of seen) expect(planOf(sql).join("; "), sql).not.toMatch(/TEMP B-TREE/);
    // With bounds it is a search; without, a walk along the index from its end, which stops at the limit.
    expect(planOf(seen[1]!).join("; ")).toMatch(/^SEARCH/);
  });

  test("the state of a machine at a time, and the degradations of a day, are found by their indexes", async () => {
    seen.length = 0;
    await lastTransition(reader, "breaker:graph", { at: 9, id: 9 });
    await findTransition(reader, 1);
    await countDegradations(reader, 0);
    const plans = seen.map((sql) => planOf(sql).join("; "));
    expect(plans[0]).toMatch(/^SEARCH transition USING INDEX transition_machine_time \(machine=\?/);
    expect(plans[1]).toMatch(/USING INTEGER PRIMARY KEY/);
    expect(plans[2]).toMatch(/^SEARCH transition USING INDEX transition_modes \(at>\?\)/);
    expect(plans.join()).not.toMatch(/TEMP B-TREE/);
  });
});

describe("plans of time travel", () => {
  const seen: string[] = [];
  const reader = new Kysely<Database>({
    dialect: new ReaderDialect(async (sql, parameters) => {
      seen.push(sql);
      return database.prepare(sql).all(...parameters);
    }),
  });

  test("a moment costs a seek for each machine, whatever was stored since", async () => {
    seen.length = 0;
    await lastOfEach(reader, { at: 9, id: 9 });
    await neighbours(reader, { at: 9, id: 9 });
    const [moment = "", ...beside] = seen.map((sql) => planOf(sql).join("; "));
    // The names: from one to the next. The rows: by machine and time. Nothing walks along the history.
    expect(moment).toMatch(/SEARCH transition USING COVERING INDEX transition_machine(_time)? \(machine>\?\)/);
    expect(moment).toMatch(/SEARCH transition USING COVERING INDEX transition_machine_time \(machine=\? AND at<\?\)/);
    expect(moment).toMatch(/SEARCH transition USING INTEGER PRIMARY KEY \(rowid=\?\)/);
    expect(moment).not.toMatch(/SCAN transition|TEMP B-TREE/);
    for (const plan of beside) expect(plan).toMatch(/^SEARCH transition USING INDEX transition_time \(at[<>]\?\)$/);
  });

  test("a scrubber's line costs its spans, each counted no further than a bound", async () => {
    seen.length = 0;
    await transitionBounds(reader);
    await countTransitions(reader, { from: 1, to: 1_000, buckets: 10, countTo: 5 });
    const [bounds = "", counts = ""] = seen.map((sql) => planOf(sql).join("; "));
    expect(bounds.match(/SCAN transition USING COVERING INDEX transition_time/g)).toHaveLength(2);
    expect(counts).toMatch(/SEARCH transition USING COVERING INDEX transition_time \(at>\? AND at<\?\)/);
    expect(seen[1]).toMatch(/LIMIT \?/);
    expect(`${bounds}${counts}`).not.toMatch(/TEMP B-TREE/);
  });

  test("what a watcher has missed is found by its place", async () => {
    seen.length = 0;
    await transitionsAfter(reader, { process: 3, number: 7 }, 10);
    await countBetween(reader, { process: 3, number: 7 }, { process: 4, number: 1 });
    for (const sql of seen) {
      expect(planOf(sql).join("; "), sql).toMatch(
        /^SEARCH transition USING (COVERING )?INDEX transition_place \(\(epoch,number\)[<>]/,
      );
      expect(planOf(sql).join("; "), sql).not.toMatch(/TEMP B-TREE/);
    }
  });
});

describe("statements", () => {
  test("are compiled by Kysely for SQLite, with nothing bound but placeholders", () => {
    const compiler = new Kysely<Database>({
      dialect: {
        createAdapter: () => new SqliteAdapter(),
        createDriver: () => new DummyDriver(),
        createIntrospector: (db) => new SqliteIntrospector(db),
        createQueryCompiler: () => new SqliteQueryCompiler(),
      },
    });
    expect(compiler.selectFrom("meta").selectAll().compile().sql).toBe('select * from "meta"');
    for (const [, { sql, parameterCount }] of all) expect(sql.split("?").length - 1).toBe(parameterCount);
  });

  test("compare and limit with +?, which SQLite does not prepare anew for each value", () => {
    for (const [name, { sql }] of all) {
      if (name.includes("×")) continue;
      expect(sql.match(/(where|and|limit)[^?]*[=<>t] \?/)?.[0], `${name}: ${sql}`).toBeUndefined();
    }
  });
});
