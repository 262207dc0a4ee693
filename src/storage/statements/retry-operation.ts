import { sql } from "kysely";
import { operationState } from "../operation-state.ts";
import { comparand, parameter, queries, statement } from "./statement.ts";

/** A dead letter in its lane's first place starts its next incarnation there. */
export const retryOperation = statement(
  queries
    .updateTable("operation")
    .set({
      state: sql.lit(operationState.ready),
      incarnation: sql<number>`incarnation + 1`,
      attempts: sql.lit(0),
      interruptions: sql.lit(0),
      expires_at: parameter,
      dead_since: sql.lit(null),
      error: sql.lit(null),
    })
    .where("sequence", "=", comparand)
    .where("state", "=", sql.lit(operationState.dead)),
);
