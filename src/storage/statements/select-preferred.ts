import { sql } from "kysely";
import { operationState } from "../operation-state.ts";
import { claimColumns } from "./claim-columns.ts";
import { parameters, queries, sized } from "./statement.ts";

/** Live calls that found no permit, of one priority. Those that are no longer ready are simply not there. */
export const selectPreferred = sized((rows) =>
  queries
    .selectFrom("operation")
    .select(claimColumns)
    .where("sequence", "in", parameters(rows))
    .where("state", "=", sql.lit(operationState.ready)),
);
