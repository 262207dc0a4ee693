import { sql } from "kysely";
import { operationState } from "../operation-state.ts";
import { comparand, parameter, queries, statement } from "./statement.ts";

/** Its outcome is unknown: keeps its place until a fence has made it known. */
export const closeOperation = statement(
  queries
    .updateTable("operation")
    .set({
      state: sql.lit(operationState.closing),
      due: sql.lit(null),
      closing_target: parameter,
      error: sql<string | null>`coalesce(${parameter}, error)`,
      attempts: sql<number>`attempts + ${parameter}`,
      priority: sql<number>`min(priority, ${parameter})`,
    })
    .where("sequence", "=", comparand)
    .where("state", "in", [
      sql.lit(operationState.ready),
      sql.lit(operationState.scheduled),
      sql.lit(operationState.blocked),
      sql.lit(operationState.running),
      sql.lit(operationState.held),
    ]),
);
