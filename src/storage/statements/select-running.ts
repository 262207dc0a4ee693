import { sql } from "kysely";
import { operationState } from "../operation-state.ts";
import { claimColumns } from "./claim-columns.ts";
import { parameters, queries, sized, statement } from "./statement.ts";
import { inputBytes, storedColumns } from "./stored-columns.ts";

/** What a dead process left running; at most what it had permits for, times the length of a run. */
export const selectRunning = statement(
  queries
    .selectFrom("operation")
    .select(["sequence", "pool", "lane", "principal"])
    .where("state", "=", sql.lit(operationState.running))
    .orderBy("sequence"),
);

/** The same with all that the writer keeps of a row under way. */
export const selectUnderWay = statement(
  queries
    .selectFrom("operation")
    .select(storedColumns)
    .select(inputBytes)
    .where("state", "=", sql.lit(operationState.running))
    .orderBy("sequence"),
);

/** What was claimed by a thread whose answer was lost, with the inputs. */
export const selectClaimed = sized((rows) =>
  queries
    .selectFrom("operation")
    .select(claimColumns)
    .where("sequence", "in", parameters(rows))
    .where("state", "=", sql.lit(operationState.running)),
);
