import { type Kysely, sql } from "kysely";
import type { Database } from "../database.ts";
import { operationState } from "../operation-state.ts";

/** A backlog as it was at one moment. */
export interface DrainMark {
  /** The highest number that the drain has to see ended. */
  readonly watermark: number;
  /** Rows that wait or are under way: what a drain has to see ended. */
  readonly open: number;
  /** All rows, held and dead ones too. */
  readonly counted: number;
  /** The last entry of the audit log: what ended later stands behind it. */
  readonly position: number;
}

const { ready, scheduled, blocked, running, closing } = operationState;
const OPEN = [ready, scheduled, blocked, running, closing];

/**
 * Marks a backlog in one statement, so that everything in it is of the same snapshot, whatever is accepted and ended
 * meanwhile. Counts come from the writer's counts per pool, less what was accepted after `last`: it costs the same for
 * ten rows and for ten million, and grows only with what was accepted since.
 *
 * @param last the last number given out when the breaker closed: what came later was never kept waiting by it
 */
export async function readDrainMark(
  database: Kysely<Database>,
  pools: readonly number[],
  last: number,
): Promise<DrainMark> {
  const ids = sql.join(pools);
  const { rows } = await sql<DrainMark>`
    SELECT min(high_water, ${last}) AS watermark, coalesce((SELECT max(id) FROM audit), 0) AS position,
      coalesce((SELECT sum(ready + scheduled + blocked + running + closing) FROM pool WHERE id IN (${ids})), 0)
        - (SELECT count(*) FROM operation WHERE sequence > ${last} AND +pool IN (${ids}) AND +state IN (${sql.join(OPEN)})) AS open,
      coalesce((SELECT sum(ready + scheduled + blocked + running + closing + held + dead) FROM pool WHERE id IN (${ids})), 0)
        - (SELECT count(*) FROM operation WHERE sequence > ${last} AND +pool IN (${ids})) AS counted
    FROM meta`.execute(database);
  return rows[0] ?? { watermark: 0, open: 0, counted: 0, position: 0 };
}

/** What became of the rows of a mark: those that ended since, and those that are still there. */
export async function readDrainBalance(
  database: Kysely<Database>,
  pools: readonly number[],
  mark: Pick<DrainMark, "watermark" | "position">,
): Promise<{ readonly ended: number; readonly left: number }> {
  const { rows } = await sql<{ ended: number; left: number }>`
    SELECT
      (SELECT count(*) FROM audit JOIN ended ON ended.sequence = audit.sequence
        WHERE audit.id > ${mark.position} AND audit.kind = 'ended' AND audit.sequence <= ${mark.watermark} AND ended.pool IN (${sql.join(pools)})) AS ended,
      (SELECT count(*) FROM operation WHERE sequence <= ${mark.watermark} AND +pool IN (${sql.join(pools)})) AS left`.execute(
    database,
  );
  return rows[0] ?? { ended: 0, left: 0 };
}
