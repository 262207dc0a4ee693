import { sql } from "kysely";
import { operationState } from "../operation-state.ts";
import { parameters, queries, sized } from "./statement.ts";

/** Rows of an unknown or switched-off definition step out of the ready index, so that claims do not meet them again. */
export const holdOperations = sized((rows) =>
  queries
    .updateTable("operation")
    .set({ state: sql.lit(operationState.held) })
    .where("sequence", "in", parameters(rows))
    .where("state", "=", sql.lit(operationState.ready)),
);
