import { sql } from "kysely";
import { operationState } from "../operation-state.ts";
import { comparand, queries, statement } from "./statement.ts";

/** Held rows of one definition, a bounded number at once. */
export const selectHeld = statement(
  queries
    .selectFrom("operation")
    .select(["sequence", "pool"])
    .where("state", "=", sql.lit(operationState.held))
    .where("definition", "=", comparand)
    .orderBy("sequence")
    .limit(comparand),
);
