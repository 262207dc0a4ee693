import { sql } from "kysely";
import { laneSegment } from "../lane-segment.ts";
import { claimColumns } from "./claim-columns.ts";
import { comparand, queries, segmentsUp, statement, written } from "./statement.ts";

/** What stands behind a row in its lane, within one segment, in order. Where the run is cut is decided by who reads them. */
export const selectFollowers = statement(
  queries
    .selectFrom("operation")
    .select(claimColumns)
    .where(laneSegment, "=", comparand)
    .where("lane", "=", comparand)
    .where("sequence", ">", comparand)
    .orderBy("sequence")
    .limit(comparand),
);

const columns = sql.join(claimColumns.map((column) => sql.ref(`operation.${column}`)));

/** What stands in a lane from one segment to another, in order: segment by segment, and by number in each. */
export const selectLaterFollowers = written(sql`${segmentsUp}
  SELECT ${columns} FROM segment CROSS JOIN operation
  WHERE ${laneSegment} = segment.number AND lane = ${comparand}
  LIMIT ${comparand}`);
