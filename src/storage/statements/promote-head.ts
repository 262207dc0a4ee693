import { sql } from "kysely";
import { operationState } from "../operation-state.ts";
import { comparand, parameter, queries, statement } from "./statement.ts";

/** The lane's next head becomes ready and takes over what the lane carries. */
export const promoteHead = statement(
  queries
    .updateTable("operation")
    .set({ state: sql.lit(operationState.ready), priority: sql<number>`min(priority, ${parameter})` })
    .where("sequence", "=", comparand)
    .where("state", "=", sql.lit(operationState.blocked)),
);
