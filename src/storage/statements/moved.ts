import { comparand, parameter, parameters, queries, sized, statement } from "./statement.ts";

/** Earlier moves of the same operation point to its newest number, so that a look-up is one step. */
export const redirectMoved = statement(
  queries.updateTable("moved").set({ sequence: parameter }).where("sequence", "=", comparand),
);

export const insertMoved = statement(
  queries.insertInto("moved").values({ first_sequence: parameter, sequence: parameter }),
);

/** Its key points to the newest number too: a duplicate is answered with the place the operation has now. */
export const redirectKey = statement(
  queries
    .updateTable("idempotency_key")
    .set({ sequence: parameter })
    .where("hash", "=", comparand)
    .where("sequence", "=", comparand),
);

export const deleteMoved = sized((rows) => queries.deleteFrom("moved").where("sequence", "in", parameters(rows)));
