import { sql } from "kysely";
import { comparand, queries, statement } from "./statement.ts";

/** The row before one that leaves the middle or the end of its lane: it inherits the carried priority. */
export const findLanePredecessor = statement(
  queries
    .selectFrom("operation")
    .select("sequence")
    .where("lane", "=", comparand)
    .where("sequence", "<", comparand)
    .orderBy("sequence", "desc")
    .limit(sql.lit(1)),
);
