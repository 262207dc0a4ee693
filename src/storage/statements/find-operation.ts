import { comparand, queries, statement } from "./statement.ts";
import { inputBytes, storedColumns } from "./stored-columns.ts";

/** One row by its number, for what a person asks and for the answers of fences. */
export const findOperation = statement(
  queries.selectFrom("operation").select(storedColumns).select(inputBytes).where("sequence", "=", comparand),
);
