import { describe, expect, test } from "vitest";
import type { ClaimedRow, Run } from "../../src/queue/journal.ts";
import { type BatchRules, groupRuns } from "../../src/queue/run-groups.ts";

const BATCHED = 1;
const PLAIN = 2;
const rules: BatchRules = { sizes: [[BATCHED, 8]], batches: 9 };

let tokens = 0;
function run(definition: number, items: number, head: Partial<ClaimedRow> = {}): Run {
  const rows = Array.from({ length: items }, (_, index) => ({
    definition,
    attempts: 0,
    interruptions: 0,
    ...(index === 0 ? head : {}),
  }));
  return { token: ++tokens, lane: null, rows: rows as unknown as ClaimedRow[] };
}

/** The groups as sizes of their runs; a batch in a list within. */
const shapeOf = (runs: readonly Run[], given = rules): unknown[] =>
  groupRuns(runs, given, 3).map(({ runs: ofGroup, isBatch }) => {
    const sizes = ofGroup.map(({ rows }) => rows.length);
    return isBatch ? sizes : sizes[0];
  });

describe("groups of runs", () => {
  test("runs of one definition fill one batch after the other, and a run is never cut", () => {
    expect(shapeOf([run(BATCHED, 3), run(BATCHED, 3), run(BATCHED, 3), run(BATCHED, 5), run(BATCHED, 1)])).toEqual([
      [3, 3],
      [3, 5],
      [1],
    ]);
  });

  test("a run of a definition without batches is a group of its own, between the others", () => {
    expect(shapeOf([run(BATCHED, 1), run(PLAIN, 4), run(BATCHED, 1), run(PLAIN, 1)])).toEqual([[1, 1], 4, 1]);
    expect(shapeOf([run(BATCHED, 1), run(BATCHED, 1)], { sizes: [], batches: 0 })).toEqual([1, 1]);
  });

  test("what failed or was interrupted before shares with fewer, its like, and with none at last", () => {
    const large: BatchRules = { sizes: [[BATCHED, 500]], batches: 9 };
    const after = (attempts: number, interruptions: number) =>
      shapeOf(
        Array.from({ length: 100 }, () => run(BATCHED, 1, { attempts, interruptions })),
        large,
      ).map((group) => (Array.isArray(group) ? group.length : group));
    expect(after(0, 0)).toEqual([100]);
    expect(after(1, 0)).toEqual([62, 38]);
    expect(after(0, 1)).toEqual([62, 38]);
    expect(after(1, 1)).toEqual([...Array<number>(14).fill(7), 2]);
    expect(after(3, 0)).toEqual(Array<number>(100).fill(1));
    expect(shapeOf([run(BATCHED, 1), run(BATCHED, 1, { attempts: 1 }), run(BATCHED, 1)], large)).toEqual([[1, 1], [1]]);
  });

  test("what must run alone is never in a batch", () => {
    expect(shapeOf([run(BATCHED, 1), run(BATCHED, 1, { interruptions: 3 }), run(BATCHED, 1)])).toEqual([[1, 1], 1]);
  });
});
