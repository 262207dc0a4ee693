import { type Kysely, sql } from "kysely";
import type { Database } from "../database.ts";
import { endOfSegment, laneSegment, segmentOf } from "../lane-segment.ts";
import { operationState, type OperationStateName } from "../operation-state.ts";
import { listOperations } from "./list-operations.ts";
import { pageOf, type Page, type WaitingOperation } from "./views.ts";
import { toWaitingOperation, waitingOperations } from "./waiting-operations.ts";

/** What stands at the head of a lane; `dead`: the lane is parked. */
export type LaneHeadState = Exclude<OperationStateName, "blocked">;

export interface LaneRow {
  readonly lane: number;
  readonly head: WaitingOperation;
  /** Rows behind the head; `countedTo` means: that many or more. */
  readonly behind: number;
}

/** Rows behind a head are counted no further. */
export const COUNTED_TO = 1_000;

/** Segments of the lane index that are looked into for one lane: 2 million numbers. */
const MOST_SEGMENTS = 256;

/**
 * Lanes by the state of their heads, each with how many wait behind. A page costs a seek per lane and segment, bounded
 * in both: it does not grow with the backlog. As with `listOperations`, a page may hold fewer rows than asked for and
 * still name a next one.
 *
 * @param after `next` of the page before: of parked lanes a lane, of others a number
 */
export async function listLanes(
  database: Kysely<Database>,
  { state, after = 0, limit }: { readonly state: LaneHeadState; readonly after?: number; readonly limit: number },
): Promise<Page<LaneRow>> {
  const page =
    state === "dead"
      ? await parkedHeads(database, after, limit)
      : await listOperations(database, { state, after, limit });
  // Followers of one run are running beside their head.
  const heads = new Map<number, WaitingOperation>();
  for (const row of page.rows) if (row.lane !== null && !row.skipped && !heads.has(row.lane)) heads.set(row.lane, row);
  const rows = await Promise.all(
    [...heads].map(async ([lane, head]) => ({ lane, head, behind: await countBehind(database, lane, head.sequence) })),
  );
  return { rows, next: page.next };
}

/** Letters that their lanes wait behind, by the index of their lanes: those that were passed are not in it. */
async function parkedHeads(database: Kysely<Database>, after: number, limit: number): Promise<Page<WaitingOperation>> {
  // Named, because the planner prefers the other index of letters, and would sort all of them.
  const { rows: letters } = await sql<{ sequence: number }>`
    SELECT sequence FROM operation INDEXED BY operation_dead_lane
    WHERE state = ${sql.lit(operationState.dead)} AND lane IS NOT NULL AND lane > ${after}
    ORDER BY lane LIMIT ${limit + 1}`.execute(database);
  const rows = await withSequences(database, letters);
  return pageOf(
    rows.toSorted((a, b) => (a.lane ?? 0) - (b.lane ?? 0)),
    limit,
    ({ lane }) => lane ?? 0,
  );
}

/** In order of their numbers. */
async function withSequences(
  database: Kysely<Database>,
  found: readonly { readonly sequence: number }[],
): Promise<WaitingOperation[]> {
  if (found.length === 0) return [];
  const sequences = found.map(({ sequence }) => sequence);
  const rows = await waitingOperations(database).where("o.sequence", "in", sequences).orderBy("o.sequence").execute();
  return rows.map(toWaitingOperation);
}

/** Segments that there are, from one on: a seek each. */
const segmentsFrom = (sequence: number) => sql`
  WITH RECURSIVE segment (number) AS (
    SELECT * FROM (
      SELECT ${laneSegment} FROM operation
      WHERE lane IS NOT NULL AND ${laneSegment} >= ${segmentOf(sequence)} ORDER BY ${laneSegment} LIMIT 1)
    UNION ALL
    SELECT (
      SELECT ${laneSegment} FROM operation
      WHERE lane IS NOT NULL AND ${laneSegment} > segment.number ORDER BY ${laneSegment} LIMIT 1)
    FROM segment WHERE segment.number IS NOT NULL
    LIMIT ${sql.lit(MOST_SEGMENTS)}
  )`;

async function countBehind(database: Kysely<Database>, lane: number, head: number): Promise<number> {
  const { rows } = await sql<{ rows: number }>`
    ${segmentsFrom(head)} SELECT count(*) AS rows FROM (
      SELECT 1 FROM segment CROSS JOIN operation
      WHERE ${laneSegment} = segment.number AND lane = ${lane} AND sequence > ${head} LIMIT ${COUNTED_TO}
    )`.execute(database);
  return rows[0]?.rows ?? 0;
}

/**
 * What waits in one lane, in order. Looks into a bounded number of segments, so a page may be short and still name a
 * next one.
 */
export async function listLane(
  database: Kysely<Database>,
  { lane, after = 0, limit }: { readonly lane: number; readonly after?: number; readonly limit: number },
): Promise<Page<WaitingOperation>> {
  const found = await sql<{ sequence: number }>`
    ${segmentsFrom(after + 1)}
    SELECT operation.sequence FROM segment CROSS JOIN operation
    WHERE ${laneSegment} = segment.number AND lane = ${lane} AND sequence > ${after} LIMIT ${limit + 1}`.execute(
    database,
  );
  const page = pageOf(await withSequences(database, found.rows), limit, ({ sequence }) => sequence);
  return found.rows.length > limit ? page : { rows: page.rows, next: await lastLooked(database, after) };
}

/** Where the look ended, when there are more segments than were looked into. */
async function lastLooked(database: Kysely<Database>, after: number): Promise<number | undefined> {
  const { rows } = await sql<{ segments: number; last: number | null }>`
    ${segmentsFrom(after + 1)} SELECT count(number) AS segments, max(number) AS last FROM segment`.execute(database);
  const { segments = 0, last = null } = rows[0] ?? {};
  return segments < MOST_SEGMENTS || last === null ? undefined : endOfSegment(last);
}
