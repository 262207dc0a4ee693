import { sql } from "kysely";
import { operationState } from "../operation-state.ts";
import { comparand, parameter, queries, statement } from "./statement.ts";

/**
 * A dead letter stays in its lane's first place; what is parked behind it is a question, not a state, since moving
 * 100k rows would be one transaction of 100k rows. One that its lane may pass leaves the lane and remembers it.
 */
export const buryOperation = statement(
  queries
    .updateTable("operation")
    .set({
      state: sql.lit(operationState.dead),
      dead_since: parameter,
      closing_target: sql.lit(null),
      error: sql<string | null>`coalesce(${parameter}, error)`,
      attempts: sql<number>`attempts + ${parameter}`,
      priority: sql<number>`min(priority, ${parameter})`,
      skipped_lane: sql<number | null>`iif(${parameter}, lane, NULL)`,
      lane: sql<number | null>`iif(${parameter}, NULL, lane)`,
    })
    .where("sequence", "=", comparand)
    .where("state", "in", [sql.lit(operationState.running), sql.lit(operationState.closing)]),
);
