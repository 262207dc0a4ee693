import { type Kysely, sql } from "kysely";
import type { Database } from "../database.ts";
import { type StoredTransition, toStoredTransition } from "./list-transitions.ts";
import type { HistoryPlace } from "./read-history.ts";

/** More machines than any service has; a bound for a store that was fed with names. */
const MOST_MACHINES = 2_000;

type Row = Parameters<typeof toStoredTransition>[0];

/**
 * Of every machine that ever moved its last transition at or before a place; its first one, where it moved only later.
 * A seek for each name and one for its row, however long the history.
 */
export async function lastOfEach(
  database: Kysely<Database>,
  { at, id }: HistoryPlace,
): Promise<readonly StoredTransition[]> {
  const { rows } = await sql<Row>`
    WITH RECURSIVE known (name) AS (
      SELECT min(machine) FROM transition
      UNION ALL
      SELECT (SELECT min(machine) FROM transition WHERE machine > known.name) FROM known WHERE known.name IS NOT NULL
      LIMIT ${sql.lit(MOST_MACHINES)}
    )
    SELECT transition.* FROM known CROSS JOIN transition
    WHERE known.name IS NOT NULL AND transition.id = coalesce(
      (SELECT id FROM transition WHERE machine = known.name AND (at, id) <= (${at}, ${id}) ORDER BY at DESC, id DESC LIMIT 1),
      (SELECT id FROM transition WHERE machine = known.name ORDER BY at, id LIMIT 1)
    )`.execute(database);
  return rows.map(toStoredTransition);
}

/** The last transition of all at or before a place, and the first after it. */
export async function neighbours(
  database: Kysely<Database>,
  { at, id }: HistoryPlace,
): Promise<{ readonly previous: StoredTransition | undefined; readonly next: StoredTransition | undefined }> {
  const [previous, next] = await Promise.all([
    database
      .selectFrom("transition")
      .selectAll()
      .where(sql<boolean>`(at, id) <= (${at}, ${id})`)
      .orderBy("at", "desc")
      .orderBy("id", "desc")
      .limit(1)
      .executeTakeFirst(),
    database
      .selectFrom("transition")
      .selectAll()
      .where(sql<boolean>`(at, id) > (${at}, ${id})`)
      .orderBy("at")
      .orderBy("id")
      .limit(1)
      .executeTakeFirst(),
  ]);
  return {
    previous: previous === undefined ? undefined : toStoredTransition(previous),
    next: next === undefined ? undefined : toStoredTransition(next),
  };
}
