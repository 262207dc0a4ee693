import { type Kysely, sql } from "kysely";
import type { Database } from "../database.ts";
import { type StoredTransition, toStoredTransition } from "./list-transitions.ts";

/** A place in the feed of transitions: which process told it, and as its how many-th. */
export interface FeedPlace {
  readonly process: number;
  readonly number: number;
}

export interface PlacedTransition {
  readonly place: FeedPlace;
  readonly transition: StoredTransition;
}

/** What was told after a place, also by later processes, in order. A page costs its rows. */
export async function transitionsAfter(
  database: Kysely<Database>,
  { process, number }: FeedPlace,
  limit: number,
): Promise<readonly PlacedTransition[]> {
  const rows = await database
    .selectFrom("transition")
    .selectAll()
    .where("number", "is not", null)
    .where(sql<boolean>`(epoch, number) > (${process}, ${number})`)
    .orderBy("epoch")
    .orderBy("number")
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    place: { process: row.epoch ?? 0, number: row.number ?? 0 },
    transition: toStoredTransition(row),
  }));
}

/** How many transitions are stored after one place and before another: ids are given in that order, without gaps. */
export async function countBetween(database: Kysely<Database>, after: FeedPlace, before: FeedPlace): Promise<number> {
  const [from, to] = await Promise.all([lastId(database, after, "<="), lastId(database, before, "<")]);
  return Math.max(0, to - from);
}

async function lastId(database: Kysely<Database>, { process, number }: FeedPlace, bound: "<" | "<="): Promise<number> {
  const row = await database
    .selectFrom("transition")
    .select("id")
    .where("number", "is not", null)
    .where(sql<boolean>`(epoch, number) ${sql.raw(bound)} (${process}, ${number})`)
    .orderBy("epoch", "desc")
    .orderBy("number", "desc")
    .limit(1)
    .executeTakeFirst();
  return row?.id ?? 0;
}
