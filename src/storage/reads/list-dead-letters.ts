import type { Kysely } from "kysely";
import type { Database } from "../database.ts";
import { listOperations } from "./list-operations.ts";
import type { Page, WaitingOperation } from "./views.ts";

/** Operations that need a person, in the order of acceptance. `after` is the last sequence of the page before. */
export function listDeadLetters(
  database: Kysely<Database>,
  { after = 0, limit }: { readonly after?: number; readonly limit: number },
): Promise<Page<WaitingOperation>> {
  return listOperations(database, { state: "dead", after, limit });
}
