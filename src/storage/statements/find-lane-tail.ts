import { sql } from "kysely";
import { comparand, queries, statement } from "./statement.ts";

/** Whether the lane has rows, and what it carries: its last row always holds the carried priority. One seek. */
export const findLaneTail = statement(
  queries
    .selectFrom("operation")
    .select("priority")
    .where("lane", "=", comparand)
    .orderBy("sequence", "desc")
    .limit(sql.lit(1)),
);
