import type { Kysely, Selectable } from "kysely";
import type { Alert, AlertAction, AlertStatus } from "../../alerts/alert.ts";
import type { Database } from "../database.ts";
import { pageOf, type Page } from "./views.ts";

export interface ListAlerts {
  /** All when absent. */
  readonly status?: AlertStatus;
  /** The cursor: the id of the last alert of the page before. */
  readonly after?: number;
  readonly limit: number;
}

/** Newest first, by id, which is the order in which they were opened. */
export async function listAlerts(
  database: Kysely<Database>,
  { status, after = Number.MAX_SAFE_INTEGER, limit }: ListAlerts,
): Promise<Page<Alert>> {
  let query = database.selectFrom("alert").selectAll();
  if (status !== undefined) query = query.where("status", "=", status);
  query = query.where("id", "<", after);
  const rows = await query
    .orderBy("id", "desc")
    .limit(limit + 1)
    .execute();
  return pageOf(rows.map(toAlert), limit, ({ id }) => id);
}

export async function findAlert(database: Kysely<Database>, id: number): Promise<Alert | undefined> {
  const row = await database.selectFrom("alert").selectAll().where("id", "=", id).executeTakeFirst();
  return row === undefined ? undefined : toAlert(row);
}

type Selected = Selectable<Database["alert"]>;

const toAlert = (row: Selected): Alert => ({
  id: row.id,
  key: row.key,
  severity: row.severity,
  subject: row.subject,
  what: row.what,
  status: row.status,
  openedAt: row.opened_at,
  lastSeenAt: row.last_seen_at,
  occurrences: row.occurrences,
  ...(row.acknowledged === null ? {} : { acknowledged: JSON.parse(row.acknowledged) as AlertAction }),
  ...(row.resolved === null ? {} : { resolved: JSON.parse(row.resolved) as AlertAction }),
  cause: JSON.parse(row.cause) as Alert["cause"],
});
