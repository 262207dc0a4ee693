import { type Kysely, sql } from "kysely";
import type { Database } from "../database.ts";
import { operationState, type OperationStateName } from "../operation-state.ts";
import { pageOf, type Page, type WaitingOperation } from "./views.ts";
import { toWaitingOperation, waitingOperations } from "./waiting-operations.ts";

export interface ListOperations {
  /** All states when absent. */
  readonly state?: OperationStateName;
  /** The cursor: the last sequence of the page before. */
  readonly after?: number;
  readonly limit: number;
}

/** Rows looked at for one page of a state that has no index by number. */
const WINDOW_ROWS = 10_000;

const withoutIndexByNumber: ReadonlySet<OperationStateName> = new Set(["ready", "scheduled", "held"]);

/**
 * Operations that have not ended, in the order of acceptance. Blocked, running, closing and dead have an index that
 * is read in this order. The others are looked for in a bounded window of the table, so a page of them may hold fewer
 * rows than asked for (even none) and still name a next one.
 */
export async function listOperations(
  database: Kysely<Database>,
  { state, after = 0, limit }: ListOperations,
): Promise<Page<WaitingOperation>> {
  if (state !== undefined && withoutIndexByNumber.has(state)) return listInWindow(database, state, after, limit);
  let query = waitingOperations(database).where("o.sequence", ">", after);
  if (state !== undefined) query = query.where("o.state", "=", sql.lit(operationState[state]));
  const rows = await query
    .orderBy("o.sequence")
    .limit(limit + 1)
    .execute();
  return pageOf(rows.map(toWaitingOperation), limit, (row) => row.sequence);
}

async function listInWindow(
  database: Kysely<Database>,
  state: OperationStateName,
  after: number,
  limit: number,
): Promise<Page<WaitingOperation>> {
  const end = await database
    .selectFrom("operation")
    .select("sequence")
    .where("sequence", ">", after)
    .orderBy("sequence")
    .offset(WINDOW_ROWS)
    .limit(1)
    .executeTakeFirst();
  let query = waitingOperations(database)
    .where("o.sequence", ">", after)
    // `+` keeps SQLite from choosing an index that would have to be sorted.
    .where(sql<boolean>`+o.state = ${sql.lit(operationState[state])}`);
  if (end !== undefined) query = query.where("o.sequence", "<", end.sequence);
  const rows = await query
    .orderBy("o.sequence")
    .limit(limit + 1)
    .execute();
  const page = pageOf(rows.map(toWaitingOperation), limit, (row) => row.sequence);
  return page.next === undefined && end !== undefined ? { rows: page.rows, next: end.sequence - 1 } : page;
}
