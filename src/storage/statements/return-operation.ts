import { sql } from "kysely";
import { operationState } from "../operation-state.ts";
import { comparand, parameter, queries, statement } from "./statement.ts";

/** A running row waits again: in its lane as blocked until the lane is settled, without a lane as ready. */
export const returnOperation = statement(
  queries
    .updateTable("operation")
    .set({
      state: parameter,
      interruptions: sql<number>`interruptions + ${parameter}`,
      priority: sql<number>`min(priority, ${parameter})`,
    })
    .where("sequence", "=", comparand)
    .where("state", "=", sql.lit(operationState.running)),
);
