import { sql } from "kysely";
import { parameter, queries, statement } from "./statement.ts";

/** Every commit: the last number given out, so that none is given out twice, and when it was. */
export const saveMeta = statement(
  queries
    .updateTable("meta")
    .set({ high_water: sql<number>`max(high_water, ${parameter})`, last_written_at: parameter })
    .where("id", "=", sql.lit(1)),
);

export const saveCleanShutdown = statement(
  queries
    .updateTable("meta")
    .set({ clean_shutdown: sql.lit(1), last_written_at: parameter })
    .where("id", "=", sql.lit(1)),
);
