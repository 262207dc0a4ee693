import { laneSegment } from "../lane-segment.ts";
import { queries, statement } from "./statement.ts";

/** Which lanes have how many rows in which segment: one walk along the lane index, when the journal is opened. */
export const selectLanes = statement(
  queries
    .selectFrom("operation")
    .select([laneSegment.as("segment"), "lane"])
    .select((eb) => eb.fn.countAll<number>().as("rows"))
    .where("lane", "is not", null)
    .groupBy([laneSegment, "lane"]),
);
