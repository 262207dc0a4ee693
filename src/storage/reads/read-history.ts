import { type Kysely, sql } from "kysely";
import type { Database } from "../database.ts";
import { toStoredTransition, type StoredTransition } from "./list-transitions.ts";
import { pageOf, type Page } from "./views.ts";

/** A place in the history: transitions of one millisecond follow each other by id. */
export interface HistoryPlace {
  readonly at: number;
  readonly id: number;
}

export interface ReadHistory {
  /** Wall times, both inclusive. */
  readonly from?: number;
  readonly to?: number;
  /** Of one machine: `breaker:graph`. */
  readonly machine?: string;
  /** Of the machines of one mode (`local_queue`, `pin`), or of all of them. */
  readonly mode?: string;
  readonly onlyModes?: boolean;
  readonly order: "newest" | "oldest";
  /** The last row of the page before. */
  readonly after?: HistoryPlace;
  readonly limit: number;
}

/**
 * Transitions by time, each of the four questions by an index of its own: a page costs its rows, however long the
 * history. What is written meanwhile is newer than what a reader of the newest has begun with.
 */
export async function readHistory(
  database: Kysely<Database>,
  { from, to, machine, mode, onlyModes, order, after, limit }: ReadHistory,
): Promise<Page<StoredTransition, HistoryPlace>> {
  let query = database.selectFrom("transition").selectAll();
  if (machine !== undefined) query = query.where("machine", "=", machine);
  else if (mode !== undefined) query = query.where(sql<boolean>`mode = ${mode} AND mode IS NOT NULL`);
  else if (onlyModes === true) query = query.where("mode", "is not", null);
  if (from !== undefined) query = query.where("at", ">=", from);
  if (to !== undefined) query = query.where("at", "<=", to);
  if (after !== undefined)
    query = query.where(
      order === "newest"
        ? sql<boolean>`(at, id) < (${after.at}, ${after.id})`
        : sql<boolean>`(at, id) > (${after.at}, ${after.id})`,
    );
  const direction = order === "newest" ? "desc" : "asc";
  const rows = await query
    .orderBy("at", direction)
    .orderBy("id", direction)
    .limit(limit + 1)
    .execute();
  return pageOf(rows.map(toStoredTransition), limit, ({ at, id }) => ({ at, id }));
}

/**
 * A machine's last transition at or before a place: the state it was in then. One seek; with `from`, the last one out
 * of that state, which goes back through its transitions since then.
 */
export async function lastTransition(
  database: Kysely<Database>,
  machine: string,
  before: HistoryPlace,
  from?: string,
): Promise<StoredTransition | undefined> {
  let query = database
    .selectFrom("transition")
    .selectAll()
    .where("machine", "=", machine)
    .where(sql<boolean>`(at, id) <= (${before.at}, ${before.id})`);
  if (from !== undefined) query = query.where("from_state", "=", from);
  const row = await query.orderBy("at", "desc").orderBy("id", "desc").limit(1).executeTakeFirst();
  return row === undefined ? undefined : toStoredTransition(row);
}

export async function findTransition(database: Kysely<Database>, id: number): Promise<StoredTransition | undefined> {
  const row = await database.selectFrom("transition").selectAll().where("id", "=", id).executeTakeFirst();
  return row === undefined ? undefined : toStoredTransition(row);
}

/** How often a mode other than normal, or a pin, came into force since a time. */
export async function countDegradations(database: Kysely<Database>, since: number): Promise<number> {
  const row = await database
    .selectFrom("transition")
    .select((eb) => eb.fn.countAll<number>().as("rows"))
    .where("mode", "is not", null)
    .where("mode", "<>", "normal")
    .where("from_state", "in", ["dormant", "free"])
    .where("at", ">=", since)
    .executeTakeFirst();
  return row?.rows ?? 0;
}
