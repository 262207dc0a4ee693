import { type Kysely, sql } from "kysely";
import type { Database } from "../database.ts";
import { operationState } from "../operation-state.ts";

export interface WaitingInPools {
  readonly pools: readonly number[];
  /** Ready rows that are less urgent are not looked at. */
  readonly lowestPriority: number;
  readonly blockedToo: boolean;
}

/** Of rows that are not ready, so many of the first are looked at: whose pool they are of, no index knows. */
const FIRST_ROWS = 64;

/**
 * When the oldest row was accepted that waits in these pools; null when there is none. A seek for each pool and
 * priority into the ready index, which is ordered by number within them; of the blocked and scheduled ones the first
 * few. It costs the same for ten rows and for a million.
 */
export async function oldestWaiting(
  database: Kysely<Database>,
  { pools, lowestPriority, blockedToo }: WaitingInPools,
): Promise<number | null> {
  if (pools.length === 0) return null;
  const { rows } = await sql<{ acceptedAt: number | null }>`
    SELECT min(accepted_at) AS acceptedAt FROM (
      SELECT (
        SELECT accepted_at FROM operation
        WHERE state = ${sql.lit(operationState.ready)} AND pool = pool.id AND priority = urgency.column1
        ORDER BY sequence LIMIT 1
      ) AS accepted_at
      FROM pool CROSS JOIN (VALUES (0), (1), (2), (3), (4)) AS urgency
      WHERE pool.id IN (${sql.join(pools)}) AND urgency.column1 <= ${lowestPriority}
    )`.execute(database);
  const found = [rows[0]?.acceptedAt ?? null, await firstOf(database, pools, operationState.scheduled, sql`due`)];
  if (blockedToo) found.push(await firstOf(database, pools, operationState.blocked, sql`sequence`));
  return found.reduce((oldest, at) => (oldest === null || (at !== null && at < oldest) ? at : oldest), null);
}

async function firstOf(
  database: Kysely<Database>,
  pools: readonly number[],
  state: number,
  order: ReturnType<typeof sql>,
): Promise<number | null> {
  const { rows } = await sql<{ acceptedAt: number | null }>`
    SELECT min(accepted_at) AS acceptedAt FROM (
      SELECT accepted_at, pool FROM operation WHERE state = ${sql.lit(state)} ORDER BY ${order} LIMIT ${sql.lit(FIRST_ROWS)}
    ) AS open WHERE pool IN (${sql.join(pools)})`.execute(database);
  return rows[0]?.acceptedAt ?? null;
}

/** Ready rows of these pools that are at least so urgent; counting stops at `countTo`. */
export async function countReady(
  database: Kysely<Database>,
  pools: readonly number[],
  lowestPriority: number,
  countTo: number,
): Promise<number> {
  if (pools.length === 0) return 0;
  const { rows } = await sql<{ rows: number }>`
    SELECT count(*) AS rows FROM (
      SELECT 1 FROM operation
      WHERE state = ${sql.lit(operationState.ready)} AND pool IN (${sql.join(pools)}) AND priority <= ${lowestPriority}
      LIMIT ${countTo}
    ) AS open`.execute(database);
  return rows[0]?.rows ?? 0;
}
