import type SQLite from "better-sqlite3";
import type { PoolCounts } from "../../src/queue/journal.ts";
import { nameOfState } from "../../src/storage/operation-state.ts";

export interface StoredRow {
  readonly sequence: number;
  readonly state: string;
  readonly pool: number;
  readonly priority: number;
  readonly lane: number | null;
}

/** All that has not ended, in the order of acceptance, as a second connection sees it. */
export function readRows(outside: SQLite.Database): StoredRow[] {
  return outside
    .prepare<[], StoredRow & { state: number }>(
      "SELECT sequence, state, pool, priority, lane FROM operation ORDER BY sequence",
    )
    .all()
    .map((row) => ({ ...row, state: nameOfState(row.state) }));
}

/**
 * What must hold after every commit, in words; empty when it holds. `underWay` are lanes with an unfinished run,
 * `carried` what each lane carries by the test's own book.
 */
export function findBrokenRules(
  outside: SQLite.Database,
  counts: ReadonlyMap<number, PoolCounts>,
  underWay: ReadonlySet<number>,
  carried: ReadonlyMap<number, number>,
): string[] {
  const rows = readRows(outside);
  const broken: string[] = [];
  const lanes = Map.groupBy(
    rows.filter(({ lane }) => lane !== null),
    ({ lane }) => lane as number,
  );
  for (const row of rows)
    if (row.lane === null && row.state === "blocked") broken.push(`${row.sequence} is blocked without a lane`);
  for (const [lane, members] of lanes)
    broken.push(...brokenInLane(lane, members, underWay.has(lane), carried.get(lane)));
  return [...broken, ...brokenCounts(outside, counts, rows)];
}

function brokenInLane(
  lane: number,
  rows: readonly StoredRow[],
  underWay: boolean,
  carried: number | undefined,
): string[] {
  const broken: string[] = [];
  const [head, ...others] = rows as [StoredRow, ...StoredRow[]];
  const tail = rows.at(-1) as StoredRow;
  if (head.state === "blocked" && !underWay)
    broken.push(`lane ${lane}: its head ${head.sequence} is blocked and nobody runs`);
  for (const { sequence, state } of others) {
    const allowed = state === "blocked" || state === "closing" || (state === "running" && underWay);
    if (!allowed) broken.push(`lane ${lane}: ${sequence} is ${state} behind ${head.sequence}`);
  }
  if (tail.priority !== carried)
    broken.push(`lane ${lane}: its last row ${tail.sequence} holds ${tail.priority}, it carries ${carried}`);
  if (head.state === "ready" && head.priority !== carried)
    broken.push(`lane ${lane}: its head ${head.sequence} has ${head.priority}, it carries ${carried}`);
  return broken;
}

function brokenCounts(
  outside: SQLite.Database,
  counts: ReadonlyMap<number, PoolCounts>,
  rows: readonly StoredRow[],
): string[] {
  const broken: string[] = [];
  const stored = outside.prepare<[], Record<string, number>>("SELECT * FROM pool").all();
  for (const pool of stored) {
    for (const [state, told] of Object.entries(counts.get(pool["id"] as number) ?? {})) {
      const there = rows.filter((row) => row.pool === pool["id"] && row.state === state).length;
      if (there !== told || there !== pool[state])
        broken.push(`pool ${pool["id"]}: ${there} rows are ${state}, ${told} told, ${pool[state]} stored`);
    }
  }
  const bytes = outside.prepare("SELECT coalesce(sum(octet_length(input)), 0) FROM operation").pluck().get();
  const storedBytes = stored.reduce((sum, pool) => sum + (pool["bytes"] ?? 0), 0);
  if (bytes !== storedBytes) broken.push(`${String(bytes)} bytes wait, ${storedBytes} are stored`);
  return broken;
}
