import { claimColumns } from "./claim-columns.ts";
import { comparand, queries, statement } from "./statement.ts";

/** What stands behind a head in its lane, in order. Where the run is cut is decided by who reads them. */
export const selectFollowers = statement(
  queries
    .selectFrom("operation")
    .select(claimColumns)
    .where("lane", "=", comparand)
    .where("sequence", ">", comparand)
    .orderBy("sequence")
    .limit(comparand),
);
