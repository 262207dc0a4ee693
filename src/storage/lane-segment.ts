import { sql } from "kysely";

/** Rows of 8,192 consecutive numbers stand together in the lane index. Part of the file format: see migration 2. */
const SEGMENT_BITS = 13;

export const segmentOf = (sequence: number): number => Math.floor(sequence / 2 ** SEGMENT_BITS);

/** Its last number. */
export const endOfSegment = (segment: number): number => (segment + 1) * 2 ** SEGMENT_BITS - 1;

/** The first column of the lane index; SQLite finds the index by this very expression. */
export const laneSegment = sql<number>`operation.sequence >> ${sql.lit(SEGMENT_BITS)}`;
