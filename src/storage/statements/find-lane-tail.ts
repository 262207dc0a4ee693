import { sql } from "kysely";
import { laneSegment } from "../lane-segment.ts";
import { comparand, queries, segmentsDown, statement, written } from "./statement.ts";

/** Its priority is what the lane carries: the last row always holds it. */
export type LaneTail = [sequence: number, priority: number];

/** The lane's last row of one segment, before a number. One seek. */
export const findLaneTail = statement(
  queries
    .selectFrom("operation")
    .select(["sequence", "priority"])
    .where(laneSegment, "=", comparand)
    .where("lane", "=", comparand)
    .where("sequence", "<", comparand)
    .orderBy("sequence", "desc")
    .limit(sql.lit(1)),
);

/** The lane's last row from one segment down to another. One seek for each segment on the way. */
export const findEarlierLaneTail = written(sql`${segmentsDown}
  SELECT sequence, priority FROM operation WHERE sequence = (
    SELECT last FROM (
      SELECT (SELECT max(operation.sequence) FROM operation WHERE ${laneSegment} = segment.number AND lane = ${comparand}) AS last
      FROM segment)
    WHERE last IS NOT NULL
    LIMIT 1)`);

/** The oldest row of all: no lane has one in an earlier segment. */
export const findFirstOperation = statement(
  queries.selectFrom("operation").select((eb) => eb.fn.min("sequence").as("sequence")),
);
