import { type Kysely, sql } from "kysely";
import type { Database } from "../database.ts";
import { endedOperations, toEndedOperation } from "./find-end.ts";
import { type EndedOperation, pageOf, type Page } from "./views.ts";

/** A place among the ends: those of one millisecond follow each other by number. */
export interface EndPlace {
  readonly at: number;
  readonly id: number;
}

export interface ListEnded {
  /** Wall times, both inclusive. */
  readonly from?: number;
  readonly to?: number;
  /** The last row of the page before. */
  readonly after?: EndPlace;
  readonly limit: number;
}

/** How operations ended, newest first, by the index of their ends: a page costs its rows. */
export async function listEnded(
  database: Kysely<Database>,
  { from = 0, to, after, limit }: ListEnded,
): Promise<Page<EndedOperation, EndPlace>> {
  // Without the values: a page of them would be megabytes that no list shows.
  let query = endedOperations(database)
    .clearSelect()
    .select(["e.sequence", "e.operation_id", "e.definition", "e.pool", "e.principal", "e.outcome", "e.accepted_at"])
    .select(["e.ended_at", "e.attempts", "e.incarnation", "e.replayed", "e.value_omitted", "e.keep_until", "e.error"])
    .select(["e.priority", "e.lane", "e.claimed_at", "e.because", "d.name", "d.version", "p.name as pool_name"])
    .select(sql<string | null>`NULL`.as("result"))
    .where("e.ended_at", ">=", from);
  if (to !== undefined) query = query.where("e.ended_at", "<=", to);
  if (after !== undefined) query = query.where(sql<boolean>`(e.ended_at, e.sequence) < (${after.at}, ${after.id})`);
  const rows = await query
    .orderBy("e.ended_at", "desc")
    .orderBy("e.sequence", "desc")
    .limit(limit + 1)
    .execute();
  return pageOf(rows.map(toEndedOperation), limit, ({ endedAt, sequence }) => ({ at: endedAt, id: sequence }));
}
