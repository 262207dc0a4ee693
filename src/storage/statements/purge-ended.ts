import { parameters, queries, sized } from "./statement.ts";

/** Their ids say which keys go with them. */
export const selectEndedIds = sized((rows) =>
  queries
    .selectFrom("ended")
    .select(["sequence", "operation_id"])
    .where("sequence", "in", parameters(rows))
    .where("operation_id", "is not", null),
);

export const deleteEnded = sized((rows) => queries.deleteFrom("ended").where("sequence", "in", parameters(rows)));
