import { comparand, queries, statement } from "./statement.ts";
import { inputBytes, storedColumns } from "./stored-columns.ts";

/**
 * The next rows of the table in order: the slow walk that finds what expired while nobody claimed it. An index on
 * `expires_at` would find them faster and cost 12 to 20 % of every claim and end.
 */
export const selectAfter = statement(
  queries
    .selectFrom("operation")
    .select(storedColumns)
    .select(inputBytes)
    .where("sequence", ">", comparand)
    .orderBy("sequence")
    .limit(comparand),
);
