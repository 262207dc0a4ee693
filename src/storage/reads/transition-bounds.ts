import { type Kysely, sql } from "kysely";
import type { Database } from "../database.ts";

/** When the first and the last transition were; null where none is stored. Both by the ends of the index. */
export async function transitionBounds(
  database: Kysely<Database>,
): Promise<{ readonly first: number; readonly last: number } | null> {
  const { rows } = await sql<{ first: number | null; last: number | null }>`
    SELECT (SELECT at FROM transition ORDER BY at LIMIT 1) AS first,
      (SELECT at FROM transition ORDER BY at DESC LIMIT 1) AS last`.execute(database);
  const { first = null, last = null } = rows[0] ?? {};
  return first === null || last === null ? null : { first, last };
}

export interface CountTransitions {
  /** Wall times, both inclusive. */
  readonly from: number;
  readonly to: number;
  readonly buckets: number;
  /** Counting in a bucket stops here: a year's worth is not walked to draw a line. */
  readonly countTo: number;
}

/** How many transitions fall into each of so many equal spans. */
export async function countTransitions(
  database: Kysely<Database>,
  { from, to, buckets, countTo }: CountTransitions,
): Promise<readonly { readonly from: number; readonly count: number }[]> {
  const width = (to + 1 - from) / buckets;
  const start = (number: ReturnType<typeof sql>) => sql`${from} + CAST(${width} * (${number}) AS INTEGER)`;
  const { rows } = await sql<{ from: number; count: number }>`
    WITH RECURSIVE bucket (number) AS (
      VALUES (0) UNION ALL SELECT number + 1 FROM bucket WHERE number + 1 < ${buckets}
    )
    SELECT ${start(sql`bucket.number`)} AS "from", (
      SELECT count(*) FROM (
        SELECT 1 FROM transition
        WHERE at >= ${start(sql`bucket.number`)} AND at < ${start(sql`bucket.number + 1`)}
        LIMIT ${countTo}
      )
    ) AS count FROM bucket`.execute(database);
  return rows;
}
