import type { Kysely } from "kysely";
import type { PoolCounts } from "../../queue/journal.ts";
import type { Database } from "../database.ts";

export interface PoolRow {
  readonly id: number;
  /** Sorted names of its dependencies, joined by `+`; empty where it has none. */
  readonly name: string;
  readonly counts: PoolCounts;
  /** Bytes of input of all its rows. */
  readonly bytes: number;
}

/** Every pool that was ever used, as the writer has counted it with its last commit. A handful of rows. */
export async function listPools(database: Kysely<Database>): Promise<readonly PoolRow[]> {
  const rows = await database.selectFrom("pool").selectAll().orderBy("id").execute();
  return rows.map(({ id, name, bytes, ...counts }) => ({ id, name, counts, bytes }));
}
