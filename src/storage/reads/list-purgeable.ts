import type { Kysely } from "kysely";
import type { Database } from "../database.ts";
import { idOfSequence } from "../operation-id.ts";
import { pageOf, type Page } from "./views.ts";

export interface PurgeableEnd {
  readonly sequence: number;
  readonly operationId: string;
  readonly pool: number;
  readonly incarnation: number;
}

export interface ListPurgeable {
  readonly now: number;
  /** Ends before this time are old enough. */
  readonly endedBefore: number;
  readonly after?: number;
  readonly limit: number;
}

/**
 * Ends that nobody asks for any more, in the order of their numbers. One with an idempotency key stays until the key
 * and a whole life in the queue are over: until then its receipt is the last word against a second effect.
 */
export async function listPurgeable(
  database: Kysely<Database>,
  { now, endedBefore, after = 0, limit }: ListPurgeable,
): Promise<Page<PurgeableEnd>> {
  const rows = await database
    .selectFrom("ended")
    .select(["sequence", "operation_id", "pool", "incarnation"])
    .where("sequence", ">", after)
    .where("ended_at", "<", endedBefore)
    .where((eb) => eb.or([eb("keep_until", "is", null), eb("keep_until", "<", now)]))
    .orderBy("sequence")
    .limit(limit + 1)
    .execute();
  const ends = rows.map(({ sequence, operation_id: id, pool, incarnation }) => ({
    sequence,
    operationId: id ?? idOfSequence(sequence),
    pool,
    incarnation,
  }));
  return pageOf(ends, limit, (end) => end.sequence);
}
