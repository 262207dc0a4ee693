import { sql } from "kysely";
import { operationState } from "../operation-state.ts";
import { comparand, queries, statement } from "./statement.ts";

/** What is due, in the order of its time, a bounded number at once. */
export const selectDue = statement(
  queries
    .selectFrom("operation")
    .select(["sequence", "pool"])
    .where("state", "=", sql.lit(operationState.scheduled))
    .where("due", "<=", comparand)
    .orderBy("due")
    .limit(comparand),
);
