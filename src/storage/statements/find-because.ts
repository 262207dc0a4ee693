import { comparand, queries, statement } from "./statement.ts";

/** Why a row was not begun with its acceptance: for one that ends unclaimed. It stands behind the input. */
export const findBecause = statement(
  queries.selectFrom("operation").select("because").where("sequence", "=", comparand),
);
