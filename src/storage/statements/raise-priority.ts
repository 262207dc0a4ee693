import { comparand, parameter, queries, statement } from "./statement.ts";

/** Touches nothing when the row is urgent enough already: the ready index would be rewritten for nothing. */
export const raisePriority = statement(
  queries
    .updateTable("operation")
    .set({ priority: parameter })
    .where("sequence", "=", comparand)
    .where("priority", ">", comparand),
);
