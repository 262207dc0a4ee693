import { sql } from "kysely";
import { operationState } from "../operation-state.ts";
import { parameters, queries, sized } from "./statement.ts";

/** Runs of one row each, many at a time. A ready head already holds what its lane carries. */
export const startOperations = sized((rows) =>
  queries
    .updateTable("operation")
    .set({ state: sql.lit(operationState.running) })
    .where("sequence", "in", parameters(rows))
    .where("state", "=", sql.lit(operationState.ready)),
);
