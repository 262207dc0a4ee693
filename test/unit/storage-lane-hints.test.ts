import { describe, expect, test } from "vitest";
import { segmentOf } from "../../src/storage/lane-segment.ts";
import { LaneHints } from "../../src/storage/writer/lane-hints.ts";

/** A small generator with a seed, so that a failure can be seen again. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Lanes that differ in their upper bits only share their first slots. */
const laneOf = (number: number): number => (number % 40) * 2 ** 22 + (number >> 3);

/** A hint may say more than there is, never less. */
function tooLittle(hints: LaneHints, rows: ReadonlyMap<number, readonly number[]>): string[] {
  return [...rows].flatMap(([lane, sequences]) => {
    const { rows: known, oldest, newest } = hints.of(lane);
    const segments = sequences.map(segmentOf);
    if (sequences.length === 0) return [];
    if (known < sequences.length) return [`lane ${lane} has ${sequences.length} rows, not ${known}`];
    if (segments.some((segment) => segment < oldest || segment > newest))
      return [`lane ${lane} has rows in ${segments.join(", ")}, not from ${oldest} to ${newest}`];
    return [];
  });
}

describe("the hints of the lanes", () => {
  test("know of every row, whatever comes, goes and is rolled back", () => {
    const hints = new LaneHints();
    const random = randomFrom(7);
    let rows = new Map<number, readonly number[]>();
    let sequence = 0;
    for (let batch = 0; batch < 400; batch += 1) {
      const before = new Map(rows);
      for (let change = 0; change < 20; change += 1) {
        const lane = laneOf(random(200));
        const there = rows.get(lane) ?? [];
        if (there.length > 0 && random(2) === 0) {
          hints.remove(lane);
          rows.set(lane, there.toSpliced(random(there.length), 1));
        } else {
          sequence += 1 + random(900);
          hints.add(lane, sequence);
          rows.set(lane, [...there, sequence]);
        }
      }
      if (random(4) === 0) {
        hints.rollback();
        rows = before;
      } else hints.commit();
      expect(tooLittle(hints, rows), `batch ${batch}`).toEqual([]);
    }
  });

  test("say that a lane is empty when it is, also where it shares a slot with others", () => {
    const hints = new LaneHints();
    const [lane, neighbour] = [5, 5 + 2 ** 22];
    hints.add(lane, 1);
    expect(hints.of(lane).rows).toBe(1);
    expect(hints.of(neighbour).rows).toBe(0);
    hints.remove(lane);
    expect(hints.of(lane).rows).toBe(0);
  });

  test("count up to a limit and then never say that a lane is empty", () => {
    const hints = new LaneHints();
    for (let row = 0; row < 70_000; row += 1) hints.add(9, row);
    for (let row = 0; row < 70_000; row += 1) hints.remove(9);
    expect(hints.of(9).rows).toBeGreaterThan(0);
  });
});
