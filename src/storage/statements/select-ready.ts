import { sql } from "kysely";
import { operationState } from "../operation-state.ts";
import { claimColumns } from "./claim-columns.ts";
import { comparand, queries, statement } from "./statement.ts";

/**
 * The most urgent, oldest ready rows of one pool, read in the order of the ready index: no sort, and no row of
 * another pool, of a blocked lane or due later is ever looked at. The state is a literal, because a bound value would
 * not let SQLite use the partial index. The limit keeps large inputs from being read only to be put back.
 */
export const selectReady = statement(
  queries
    .selectFrom("operation")
    .select(claimColumns)
    .where("state", "=", sql.lit(operationState.ready))
    .where("pool", "=", comparand)
    .where("priority", "<=", comparand)
    .orderBy("priority")
    .orderBy("sequence")
    .limit(comparand),
);
