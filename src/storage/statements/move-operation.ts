import { sql } from "kysely";
import { operationState } from "../operation-state.ts";
import { comparand, parameter, queries, statement } from "./statement.ts";

/**
 * A skipped dead letter starts its next incarnation at the end of its lane. Its number is the order of the lane, so
 * it gets a new one, and keeps its id by storing it.
 */
export const moveOperation = statement(
  queries
    .updateTable("operation")
    .set({
      sequence: parameter,
      state: parameter,
      priority: parameter,
      operation_id: parameter,
      expires_at: parameter,
      lane: sql<number | null>`skipped_lane`,
      skipped_lane: sql.lit(null),
      incarnation: sql<number>`incarnation + 1`,
      attempts: sql.lit(0),
      interruptions: sql.lit(0),
      dead_since: sql.lit(null),
      error: sql.lit(null),
    })
    .where("sequence", "=", comparand)
    .where("state", "=", sql.lit(operationState.dead)),
);
