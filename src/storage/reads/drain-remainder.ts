import { type Kysely, type RawBuilder, sql } from "kysely";
import type { Database } from "../database.ts";
import { laneSegment } from "../lane-segment.ts";
import { operationState } from "../operation-state.ts";

export interface DrainRemainder {
  /** Rows up to the watermark that are ready, running, closing or scheduled; at most `countTo`. */
  readonly open: number;
  /** Of all numbers: reported, not waited for. */
  readonly held: number;
  readonly dead: number;
  /** Blocked behind a dead letter; at most `countTo`. */
  readonly parked: number;
}

const COUNT_TO = 10_000;

/**
 * What is left of a backlog. Ready rows are counted per priority by a seek each, since the ready index is ordered by
 * priority before number; the other states are few. Counting stops at `countTo`: that there is more is all a drain
 * needs to know. Held and dead come from the writer's counts.
 */
export async function drainRemainder(
  database: Kysely<Database>,
  pools: readonly number[],
  watermark: number,
  countTo: number = COUNT_TO,
): Promise<DrainRemainder> {
  if (pools.length === 0) return { open: 0, held: 0, dead: 0, parked: 0 };
  const counts = await database.selectFrom("pool").select(["held", "dead"]).where("id", "in", pools).execute();
  let open = 0;
  for (const pool of pools) if (open < countTo) open += await countReady(database, pool, watermark, countTo - open);
  for (const state of ["running", "closing", "scheduled"] as const)
    if (open < countTo) open += await countOthers(database, operationState[state], pools, watermark, countTo - open);
  return {
    open,
    held: counts.reduce((sum, { held }) => sum + held, 0),
    dead: counts.reduce((sum, { dead }) => sum + dead, 0),
    parked: await countParked(database, pools, countTo),
  };
}

async function countReady(
  database: Kysely<Database>,
  pool: number,
  watermark: number,
  countTo: number,
): Promise<number> {
  let counted = 0;
  let priority = await nextPriority(database, pool, -1);
  while (priority !== null && counted < countTo) {
    const { rows } = await sql<{ rows: number }>`
      SELECT count(*) AS rows FROM (
        SELECT 1 FROM operation
        WHERE state = ${sql.lit(operationState.ready)} AND pool = ${pool} AND priority = ${priority} AND sequence <= ${watermark}
        LIMIT ${countTo - counted}
      )`.execute(database);
    counted += rows[0]?.rows ?? 0;
    priority = await nextPriority(database, pool, priority);
  }
  return counted;
}

/** The next priority that the pool has ready rows of: one seek. */
async function nextPriority(database: Kysely<Database>, pool: number, above: number): Promise<number | null> {
  const row = await database
    .selectFrom("operation")
    .select("priority")
    .where("state", "=", sql.lit(operationState.ready))
    .where("pool", "=", pool)
    .where("priority", ">", above)
    .orderBy("priority")
    .limit(1)
    .executeTakeFirst();
  return row?.priority ?? null;
}

async function countOthers(
  database: Kysely<Database>,
  state: number,
  pools: readonly number[],
  watermark: number,
  countTo: number,
): Promise<number> {
  const rows = await database
    .selectFrom((from) =>
      from
        .selectFrom("operation")
        .select(sql.lit(1).as("one"))
        .where("state", "=", sql.lit(state) as never)
        // `+`: the number and the pool are looked at in the rows of the state's own index, never the other way round.
        .where(sql<boolean>`+sequence <= ${watermark}`)
        .where(sql<boolean>`+pool IN (${sql.join(pools)})`)
        .limit(countTo)
        .as("open"),
    )
    .select((eb) => eb.fn.countAll<number>().as("rows"))
    .executeTakeFirst();
  return rows?.rows ?? 0;
}

/** From so many letters on, their lanes are found faster from the side of what is blocked. */
const MANY_LETTERS = 200;

/**
 * Rows of these pools that are blocked behind a dead letter; at most `countTo`.
 *
 * @param many with many letters, what is blocked has to be walked: `give_up` answers `countTo` instead
 */
export async function countParked(
  database: Kysely<Database>,
  pools: readonly number[],
  countTo: number,
  many: "walk" | "give_up" = "walk",
): Promise<number> {
  const letters = await sql<{ rows: number }>`
    SELECT count(*) AS rows FROM (
      SELECT 1 FROM operation WHERE state = ${sql.lit(operationState.dead)} AND lane IS NOT NULL LIMIT ${MANY_LETTERS}
    )`.execute(database);
  const few = (letters.rows[0]?.rows ?? 0) < MANY_LETTERS;
  if (!few && many === "give_up") return countTo;
  const parked = few ? parkedBehindLetters(pools) : parkedAmongBlocked(pools);
  const { rows } = await sql<{ rows: number }>`
    ${parked.first} SELECT count(*) AS rows FROM (${parked.query} LIMIT ${countTo})`.execute(database);
  return rows[0]?.rows ?? 0;
}

/** The lane index begins with the segment: every segment that there is gets one seek for each letter. */
const parkedBehindLetters = (pools: readonly number[]) => ({
  first: sql`
    WITH RECURSIVE segment (number) AS (
      SELECT * FROM (${nextSegment(sql`-1`)})
      UNION ALL
      SELECT (${nextSegment(sql`segment.number`)}) FROM segment WHERE segment.number IS NOT NULL)`,
  query: sql`
    SELECT 1 FROM operation AS letter CROSS JOIN segment CROSS JOIN operation
    WHERE letter.state = ${sql.lit(operationState.dead)} AND letter.lane IS NOT NULL
      AND ${laneSegment} = segment.number AND operation.lane = letter.lane AND operation.sequence > letter.sequence
      AND +operation.state = ${sql.lit(operationState.blocked)} AND +operation.pool IN (${sql.join(pools)})`,
});

const nextSegment = (after: RawBuilder<unknown>) => sql`
  SELECT ${laneSegment} FROM operation WHERE lane IS NOT NULL AND ${laneSegment} > ${after} ORDER BY ${laneSegment} LIMIT 1`;

const parkedAmongBlocked = (pools: readonly number[]) => ({
  first: sql``,
  query: sql`
    SELECT 1 FROM operation AS waiting
    WHERE waiting.state = ${sql.lit(operationState.blocked)} AND +waiting.pool IN (${sql.join(pools)})
      AND EXISTS (SELECT 1 FROM operation AS letter
        WHERE letter.state = ${sql.lit(operationState.dead)} AND letter.lane = waiting.lane
          AND letter.sequence < waiting.sequence)`,
});
