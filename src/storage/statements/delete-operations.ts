import { parameters, queries, sized } from "./statement.ts";

/** Ended rows leave the hot table. Who calls it knows how many must go, and takes another number for a fault. */
export const deleteOperations = sized((rows) =>
  queries.deleteFrom("operation").where("sequence", "in", parameters(rows)),
);
