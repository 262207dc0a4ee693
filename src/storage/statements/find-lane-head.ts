import { sql } from "kysely";
import { laneSegment } from "../lane-segment.ts";
import { comparand, queries, segmentsUp, statement, written } from "./statement.ts";

export type LaneHead = [sequence: number, state: number, pool: number, priority: number];

/** The lane's first row of one segment, at or behind a number, whatever its state: only this one may be ready. One seek. */
export const findLaneHead = statement(
  queries
    .selectFrom("operation")
    .select(["sequence", "state", "pool", "priority"])
    .where(laneSegment, "=", comparand)
    .where("lane", "=", comparand)
    .where("sequence", ">=", comparand)
    .orderBy("sequence")
    .limit(sql.lit(1)),
);

/** The lane's first row from one segment to another. One seek for each segment on the way. */
export const findLaterLaneHead = written(sql`${segmentsUp}
  SELECT operation.sequence, state, pool, priority FROM segment CROSS JOIN operation
  WHERE ${laneSegment} = segment.number AND lane = ${comparand}
  LIMIT 1`);
