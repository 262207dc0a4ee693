import { describe, expect, test } from "vitest";
import { type Finding, toEntries } from "../../bench/entry.ts";
import { toMarkdown, toTable } from "../../bench/table.ts";
import type { Unit } from "../../bench/units.ts";

const beside = (unit: Unit, ours: number, value: number): Finding => ({
  case: "any",
  unit,
  ours,
  peers: [{ name: "peer", value }],
});

describe("an entry of the bench", () => {
  test.each<[unit: Unit, ours: number, peer: number, ratio: number]>([
    ["ns", 100, 400, 4],
    ["bytes/call", 400, 100, 0.25],
    ["ms", 2, 1, 0.5],
    ["MB", 100, 150, 1.5],
    ["calls/s", 400, 100, 4],
    ["items/s", 100, 400, 0.25],
  ])("in %s, %d beside %d has the ratio %d: above 1 means that ours is better", (unit, ours, peer, ratio) => {
    expect(toEntries("any", beside(unit, ours, peer), false)).toEqual([
      { suite: "any", case: "any", ours, peer, peerName: "peer", unit, ratio },
    ]);
  });

  test("has no figure where there is none, of a peer or of ours", () => {
    const peerMissing: Finding = {
      case: "one",
      unit: "ns",
      ours: 1,
      peers: [{ name: "peer", absent: "not installed" }],
    };
    expect(toEntries("any", peerMissing, true)).toEqual([
      { suite: "any", case: "one", ours: 1, peer: null, peerName: null, unit: "ns", ratio: null, quick: true },
      { suite: "any", case: "one", peerName: "peer", absent: "not installed", quick: true },
    ]);
    expect(toEntries("any", { case: "two", absent: "no server" }, false)).toEqual([
      { suite: "any", case: "two", peerName: null, absent: "no server" },
    ]);
  });

  test("says what was promised of our figure, and of the ratio to a peer, each on a line of its own", () => {
    const finding: Finding = {
      case: "successful call",
      unit: "ns",
      ours: 200,
      peers: [
        { name: "bare await", value: 40 },
        { name: "cockatiel", value: 3_000 },
      ],
    };
    expect(toEntries("call", finding, false)).toEqual([
      expect.objectContaining({ peerName: null, goal: expect.stringContaining("≤ 250 ns"), reached: true }),
      expect.not.objectContaining({ goal: expect.anything() }),
      expect.objectContaining({ peerName: "cockatiel", ratio: 15, goal: "≥ 20 × cockatiel", reached: false }),
    ]);
  });

  test("stands in a table that lines up, and in one of Markdown", () => {
    const entries = [
      ...toEntries("call", beside("ns", 1_234_567, 3), false),
      ...toEntries("call", { case: "two", absent: "no server" }, false),
    ];
    const [head, first, second] = toTable(entries).split("\n");
    expect(head!.indexOf("unit")).toBe(first!.indexOf("ns"));
    expect(first).toMatch(/^call +any +1,235,000 +ns +peer +3 /);
    expect(second).toMatch(/^ +two +absent: no server$/);
    const markdown = toMarkdown(entries, "a machine").split("\n");
    expect(markdown[0]).toContain("a machine");
    expect(new Set(markdown.filter((line) => line.startsWith("|")).map((line) => line.split("|").length)).size).toBe(1);
  });
});
