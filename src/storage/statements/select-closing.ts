import { sql } from "kysely";
import { operationState } from "../operation-state.ts";
import { comparand, queries, statement } from "./statement.ts";
import { inputBytes, storedColumns } from "./stored-columns.ts";

/** Rows that wait for their fence, also those of earlier processes, a page at a time. */
export const selectClosing = statement(
  queries
    .selectFrom("operation")
    .select(storedColumns)
    .select(inputBytes)
    .where("state", "=", sql.lit(operationState.closing))
    .where("sequence", ">", comparand)
    .orderBy("sequence")
    .limit(comparand),
);
