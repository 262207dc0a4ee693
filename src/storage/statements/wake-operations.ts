import { sql } from "kysely";
import { operationState } from "../operation-state.ts";
import { parameters, queries, sized } from "./statement.ts";

/** Due rows are ready again: they are their lane's head, or have no lane. */
export const wakeOperations = sized((rows) =>
  queries
    .updateTable("operation")
    .set({ state: sql.lit(operationState.ready), due: sql.lit(null) })
    .where("sequence", "in", parameters(rows))
    .where("state", "=", sql.lit(operationState.scheduled)),
);
