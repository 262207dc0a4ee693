import { claimColumns } from "./claim-columns.ts";
import { parameter, queries, statement } from "./statement.ts";

/** What stands behind a head in its lane, in order. Where the run is cut is decided by who reads them. */
export const selectFollowers = statement(
  queries
    .selectFrom("operation")
    .select(claimColumns)
    .where("lane", "=", parameter)
    .where("sequence", ">", parameter)
    .orderBy("sequence")
    .limit(parameter),
);
