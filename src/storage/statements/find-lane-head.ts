import { sql } from "kysely";
import { comparand, queries, statement } from "./statement.ts";

/** The lane's first row, whatever its state: only this one may be ready. One seek. */
export const findLaneHead = statement(
  queries
    .selectFrom("operation")
    .select(["sequence", "state", "pool", "priority"])
    .where("lane", "=", comparand)
    .orderBy("sequence")
    .limit(sql.lit(1)),
);

export type LaneHead = [sequence: number, state: number, pool: number, priority: number];
