import type { Migration } from "./migration.ts";

/**
 * The lane index gets the age of its rows as its first column, in segments of 8,192 numbers. Without it, rows that
 * arrive together for different lanes each dirtied a page of their own, 7 µs at COMMIT; now they share the few pages of
 * the newest segment. Who looks for a lane names the segments it looks into (`writer/lane-rows.ts`).
 *
 * Whether a letter's lane is parked is asked by lane alone, and only of letters.
 */
export const laneSegments: Migration = {
  version: 2,
  name: "lane segments",
  sql: `
    DROP INDEX operation_lane;
    CREATE INDEX operation_lane ON operation (sequence >> 13, lane) WHERE lane IS NOT NULL;
    CREATE INDEX operation_dead_lane ON operation (lane) WHERE state = 7 AND lane IS NOT NULL;
  `,
};
