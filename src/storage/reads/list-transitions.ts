import { type Kysely, sql } from "kysely";
import type { TransitionRow } from "../../queue/journal.ts";
import type { Database } from "../database.ts";
import { pageOf, type Page } from "./views.ts";

export interface ListTransitions {
  readonly machine?: string;
  /** Wall times, both inclusive. */
  readonly from?: number;
  readonly to?: number;
  /** The cursor: the `id` of the last row of the page before. */
  readonly after?: number;
  readonly limit: number;
}

export interface StoredTransition extends TransitionRow {
  readonly id: number;
}

/**
 * Transitions in the order in which they were told, of all machines or of one. Times only filter (`+` keeps them out
 * of the plan): the clock may have jumped, so they are no order, and there are few transitions.
 */
export async function listTransitions(
  database: Kysely<Database>,
  { machine, from, to, after = 0, limit }: ListTransitions,
): Promise<Page<StoredTransition>> {
  let query = database.selectFrom("transition").selectAll().where("id", ">", after);
  if (machine !== undefined) query = query.where("machine", "=", machine);
  if (from !== undefined) query = query.where(sql<boolean>`+at >= ${from}`);
  if (to !== undefined) query = query.where(sql<boolean>`+at <= ${to}`);
  const rows = await query
    .orderBy("id")
    .limit(limit + 1)
    .execute();
  return pageOf(rows.map(toStoredTransition), limit, (row) => row.id);
}

export const toStoredTransition = (row: {
  readonly id: number;
  readonly at: number;
  readonly machine: string;
  readonly from_state: string;
  readonly to_state: string;
  readonly event: string;
  readonly cause: string;
  readonly edge: string | null;
  readonly number: number | null;
}): StoredTransition => ({
  id: row.id,
  at: row.at,
  machine: row.machine,
  from: row.from_state,
  to: row.to_state,
  event: row.event,
  cause: row.cause,
  ...(row.edge === null ? {} : { edge: row.edge }),
  ...(row.number === null ? {} : { number: row.number }),
});
