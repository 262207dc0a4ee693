import { sql } from "kysely";
import { parameter, queries, statement } from "./statement.ts";

export const insertMeta = statement(
  queries
    .insertInto("meta")
    .values({
      id: sql.lit(1),
      journal_id: parameter,
      epoch: sql.lit(0),
      high_water: sql.lit(0),
      clean_shutdown: sql.lit(1),
      last_written_at: sql.lit(0),
    })
    .onConflict((conflict) => conflict.doNothing()),
);

export const selectMeta = statement(
  queries
    .selectFrom("meta")
    .select(["journal_id", "epoch", "high_water", "clean_shutdown", "last_written_at", "batch", "answer"])
    .where("id", "=", sql.lit(1)),
);

export type MetaRow = [
  journalId: string,
  epoch: number,
  highWater: number,
  cleanShutdown: number,
  lastWrittenAt: number,
  batch: number,
  answer: string | null,
];

/** A new process: in the same commit its predecessor's running rows are returned. */
export const beginEpoch = statement(
  queries
    .updateTable("meta")
    .set({ epoch: sql<number>`epoch + 1`, clean_shutdown: sql.lit(0), batch: sql.lit(0), answer: sql.lit(null) })
    .where("id", "=", sql.lit(1)),
);
