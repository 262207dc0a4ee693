import { sql } from "kysely";
import { operationState } from "../operation-state.ts";
import { parameters, queries, sized } from "./statement.ts";

/** What runs behind a head, many at a time. Whoever hands such a row back gives it what its lane carries. */
export const startFollowers = sized((rows) =>
  queries
    .updateTable("operation")
    .set({ state: sql.lit(operationState.running) })
    .where("sequence", "in", parameters(rows))
    .where("state", "=", sql.lit(operationState.blocked)),
);
