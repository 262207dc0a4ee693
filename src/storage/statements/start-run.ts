import { sql } from "kysely";
import { operationState } from "../operation-state.ts";
import { comparand, parameter, queries, statement } from "./statement.ts";

/**
 * A run of any length in one statement: its rows are consecutive in the lane. All of them take over what the lane
 * carries, so that whichever is first after a restart still holds it.
 */
export const startRun = statement(
  queries
    .updateTable("operation")
    .set({ state: sql.lit(operationState.running), priority: sql<number>`min(priority, ${parameter})` })
    .where("lane", "=", comparand)
    .where("sequence", ">=", comparand)
    .where("sequence", "<=", comparand),
);
