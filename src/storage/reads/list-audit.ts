import type { Kysely } from "kysely";
import type { Database } from "../database.ts";
import { pageOf, type Page } from "./views.ts";

export interface AuditEntry {
  readonly id: number;
  readonly at: number;
  readonly kind: string;
  readonly sequence: number | null;
  readonly principal: string;
  /** JSON text. */
  readonly detail: string | null;
}

/** The audit log in the order of its commits. `after` is the id of the last entry of the page before. */
export async function listAudit(
  database: Kysely<Database>,
  { after = 0, limit }: { readonly after?: number; readonly limit: number },
): Promise<Page<AuditEntry>> {
  const rows = await database
    .selectFrom("audit")
    .selectAll()
    .where("id", ">", after)
    .orderBy("id")
    .limit(limit + 1)
    .execute();
  return pageOf(rows, limit, (row) => row.id);
}
