import { sql } from "kysely";
import { operationState } from "../operation-state.ts";
import { parameters, queries, sized } from "./statement.ts";

/** Held rows whose definition is known again: they are their lane's head, or have no lane. */
export const releaseOperations = sized((rows) =>
  queries
    .updateTable("operation")
    .set({ state: sql.lit(operationState.ready) })
    .where("sequence", "in", parameters(rows))
    .where("state", "=", sql.lit(operationState.held)),
);
