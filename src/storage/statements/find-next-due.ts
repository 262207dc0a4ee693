import { sql } from "kysely";
import { operationState } from "../operation-state.ts";
import { queries, statement } from "./statement.ts";

/** The first entry of the scheduled index. */
export const findNextDue = statement(
  queries
    .selectFrom("operation")
    .select((eb) => eb.fn.min("due").as("due"))
    .where("state", "=", sql.lit(operationState.scheduled)),
);
