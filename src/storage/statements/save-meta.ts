import { sql } from "kysely";
import { parameter, queries, statement } from "./statement.ts";

/**
 * Every commit: the last number given out, so that none is given out twice, when it was, and which batch it was with
 * what is answered to it, so that a thread that takes over knows.
 */
export const saveMeta = statement(
  queries
    .updateTable("meta")
    .set({
      high_water: sql<number>`max(high_water, ${parameter})`,
      last_written_at: parameter,
      batch: parameter,
      answer: parameter,
    })
    .where("id", "=", sql.lit(1)),
);

/** Changes nothing, and is a commit all the same: shows that one can be made. */
export const touchMeta = statement(
  queries.updateTable("meta").set({ epoch: sql<number>`epoch` }).where("id", "=", sql.lit(1)),
);

export const saveCleanShutdown = statement(
  queries
    .updateTable("meta")
    .set({ clean_shutdown: sql.lit(1), last_written_at: parameter })
    .where("id", "=", sql.lit(1)),
);
