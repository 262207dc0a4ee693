import { sql } from "kysely";
import { operationState } from "../operation-state.ts";
import { queries, statement } from "./statement.ts";

/** What a dead process left running; at most what it had permits for, times the length of a run. */
export const selectRunning = statement(
  queries
    .selectFrom("operation")
    .select(["sequence", "pool", "lane", "principal"])
    .where("state", "=", sql.lit(operationState.running))
    .orderBy("sequence"),
);
