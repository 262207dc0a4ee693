import { sql } from "kysely";
import { operationState } from "../operation-state.ts";
import { comparand, parameter, queries, statement } from "./statement.ts";

/** A counted, transient failure: waits for its time in its own state, so that it never stands in front of what is ready. */
export const scheduleOperation = statement(
  queries
    .updateTable("operation")
    .set({
      state: sql.lit(operationState.scheduled),
      due: parameter,
      error: parameter,
      attempts: sql<number>`attempts + 1`,
      priority: sql<number>`min(priority, ${parameter})`,
    })
    .where("sequence", "=", comparand)
    .where("state", "=", sql.lit(operationState.running)),
);
