import { type Kysely, sql } from "kysely";
import type { Database } from "../database.ts";
import { endedOperations, toEndedOperation } from "./find-end.ts";
import type { EndedOperation } from "./views.ts";

export interface EndedSince {
  readonly pools: readonly number[];
  /** Numbers up to the watermark … */
  readonly watermark: number;
  /** … that ended at this time or later. */
  readonly since: number;
}

/** How many ended: by the index of the time of the end, so it costs what has ended since, not what is kept. */
export async function countEndedSince(
  database: Kysely<Database>,
  { pools, watermark, since }: EndedSince,
): Promise<number> {
  const row = await database
    .selectFrom("ended")
    .select((eb) => eb.fn.countAll<number>().as("rows"))
    .where("ended_at", ">=", since)
    .where(sql<boolean>`+sequence <= ${watermark}`)
    .where("pool", "in", pools)
    .executeTakeFirst();
  return row?.rows ?? 0;
}

/** The `limit` completed operations that ended last, whose receipts a drain reads back. */
export async function sampleEndedSince(
  database: Kysely<Database>,
  { pools, watermark, since, limit }: EndedSince & { readonly limit: number },
): Promise<EndedOperation[]> {
  const rows = await endedOperations(database)
    .where("e.ended_at", ">=", since)
    .where(sql<boolean>`+e.sequence <= ${watermark}`)
    .where("e.pool", "in", pools)
    .where("e.outcome", "=", "completed")
    .orderBy("e.ended_at", "desc")
    .limit(limit)
    .execute();
  return rows.map(toEndedOperation);
}
