import { describe, expect, test } from "vitest";
import type { Acknowledgement } from "../../examples/demo/verify-acknowledgements.ts";
import { verifyLists } from "../../examples/demo/verify-lists.ts";

const LANES = 4;
const OPERATIONS = 40;

/** What a run without a fault leaves behind, for tests to spoil. */
function faultless(): { acknowledgements: Acknowledgement[]; lists: number[][] } {
  const acknowledgements = Array.from(
    { length: OPERATIONS },
    (_, operation): Acknowledgement => ({
      operation,
      lane: operation % LANES,
      status: operation % 3 === 0 ? "queued" : "completed",
      at: 1_000 + operation,
    }),
  );
  const lists = Array.from({ length: LANES }, (_, lane) =>
    acknowledgements.filter((row) => row.lane === lane).map((row) => row.operation),
  );
  return { acknowledgements, lists };
}

describe("the demo's verifier of lists", () => {
  test("finds nothing wrong where nothing is", () => {
    const { acknowledgements, lists } = faultless();
    expect(verifyLists(acknowledgements, lists)).toEqual({
      lost: 0,
      doubled: 0,
      outOfOrder: 0,
      unexpected: 0,
      examples: [],
    });
  });

  test.each(Array.from({ length: OPERATIONS }, (_, operation) => operation))(
    "sees the loss of operation %i",
    (operation) => {
      const { acknowledgements, lists } = faultless();
      lists[operation % LANES]?.splice(Math.floor(operation / LANES), 1);
      const verdict = verifyLists(acknowledgements, lists);
      expect(verdict).toMatchObject({ lost: 1, doubled: 0, outOfOrder: 0, unexpected: 0 });
      expect(verdict.examples).toEqual([`lost: operation ${operation} in lane ${operation % LANES}`]);
    },
  );

  test.each<[where: string, at: (list: number[]) => number]>([
    ["at once", () => 4],
    ["later, as a replay would", (list) => list.length],
    ["before, in another's place", () => 0],
  ])("sees an operation applied twice %s", (_, at) => {
    const { acknowledgements, lists } = faultless();
    const list = lists[1] ?? [];
    list.splice(at(list), 0, list[3] ?? -1);
    expect(verifyLists(acknowledgements, lists).doubled).toBe(1);
  });

  test("counts every application beyond the first", () => {
    const { acknowledgements, lists } = faultless();
    lists[2]?.push(2, 2, 6);
    expect(verifyLists(acknowledgements, lists)).toMatchObject({ doubled: 3, lost: 0, outOfOrder: 0 });
  });

  test("sees two operations that changed places", () => {
    const { acknowledgements, lists } = faultless();
    lists[3] = [3, 7, 15, 11, ...(lists[3]?.slice(4) ?? [])];
    const verdict = verifyLists(acknowledgements, lists);
    expect(verdict).toMatchObject({ outOfOrder: 1, lost: 0, doubled: 0, unexpected: 0 });
    expect(verdict.examples).toEqual(["out of order: operation 11 in lane 3"]);
  });

  test("counts what was overtaken, not what it was overtaken by", () => {
    const { acknowledgements, lists } = faultless();
    const list = lists[0] ?? [];
    lists[0] = [list.at(-1) ?? -1, ...list.slice(0, -1)];
    expect(verifyLists(acknowledgements, lists).outOfOrder).toBe(list.length - 1);
  });

  test("takes the order of acceptance from the acknowledgements, not from the numbers", () => {
    const lane = 0;
    const acknowledgements: Acknowledgement[] = [8, 4].map((operation) => ({
      operation,
      lane,
      status: "queued",
      at: 1,
    }));
    expect(verifyLists(acknowledgements, [[8, 4]]).outOfOrder).toBe(0);
    expect(verifyLists(acknowledgements, [[4, 8]]).outOfOrder).toBe(1);
  });

  test("sees an operation in another lane's list, and its loss in its own", () => {
    const { acknowledgements, lists } = faultless();
    lists[0]?.splice(2, 1);
    lists[1]?.push(8);
    expect(verifyLists(acknowledgements, lists)).toMatchObject({ lost: 1, unexpected: 1, doubled: 0 });
  });

  test("sees the effect of an operation that nobody acknowledged, or that was told to have failed", () => {
    const { acknowledgements, lists } = faultless();
    lists[0]?.push(OPERATIONS);
    expect(verifyLists(acknowledgements, lists)).toMatchObject({ unexpected: 1, lost: 0 });
    acknowledgements.push({ operation: OPERATIONS, lane: 0, status: "failed", at: 1 });
    expect(verifyLists(acknowledgements, lists)).toMatchObject({ unexpected: 1, lost: 0 });
  });

  test("expects no effect of what was told to have failed", () => {
    const { acknowledgements, lists } = faultless();
    acknowledgements.push({ operation: OPERATIONS, lane: 0, status: "failed", at: 1 });
    expect(verifyLists(acknowledgements, lists)).toMatchObject({ unexpected: 0, lost: 0 });
  });

  test("counts a lane without any list as lost", () => {
    const { acknowledgements, lists } = faultless();
    expect(verifyLists(acknowledgements, lists.slice(0, 3)).lost).toBe(OPERATIONS / LANES);
    expect(verifyLists(acknowledgements, []).lost).toBe(OPERATIONS);
  });
});
