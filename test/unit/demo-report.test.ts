import { describe, expect, test } from "vitest";
import { type DemoResult, shortcomings } from "../../examples/demo/report.ts";
import { toTable } from "../../examples/demo/table.ts";

const good: DemoResult = {
  figures: {
    accepted: 5_000,
    completedDirectly: 3_100,
    queued: 1_900,
    drained: 1_900,
    refused: 0,
    lost: 0,
    doubled: 0,
    outOfOrder: 0,
    unknownOutcomes: 21,
    replayed: 21,
    deepestBacklog: 1_700,
    detectMs: 12,
    drainMs: 3_456,
    modes: [
      {
        at: "2026-01-02T03:04:05.678Z",
        mode: "local_queue",
        from: "dormant",
        to: "queueing",
        cause: { actor: "calls:graph", what: "5 failures in a row" },
      },
      {
        at: "2026-01-02T03:04:15.678Z",
        mode: "normal",
        from: "yielded",
        to: "in_force",
        cause: { actor: "drain:graph", what: "verified" },
      },
    ],
  },
  findings: {
    offered: 5_000,
    failed: 0,
    acceptedDuringOutage: 1_700,
    outageMs: 6_800,
    resubmitted: 49,
    unexpected: 0,
    staleRelations: 0,
    missingRelations: 0,
    relations: 9_876,
    examples: [],
  },
};
const figures = (change: Partial<DemoResult["figures"]>): DemoResult => ({
  ...good,
  figures: { ...good.figures, ...change },
});
const findings = (change: Partial<DemoResult["findings"]>): DemoResult => ({
  ...good,
  findings: { ...good.findings, ...change },
});

describe("a run of the demo", () => {
  test("is a proof when everything was seen and nothing is wrong", () => {
    expect(shortcomings(good)).toEqual([]);
  });

  test.each([
    ["lost", figures({ lost: 1 })],
    ["doubled", figures({ doubled: 1 })],
    ["outOfOrder", figures({ outOfOrder: 1 })],
    ["completedDirectly", figures({ completedDirectly: 0 })],
    ["queued", figures({ queued: 0 })],
    ["unknownOutcomes", figures({ unknownOutcomes: 0 })],
    ["replayed", figures({ replayed: 0 })],
    ["swallowed", figures({ unknownOutcomes: 19 })],
    ["accepted", figures({ accepted: 4_999 })],
    ["outage", findings({ acceptedDuringOutage: 1_499 })],
    ["unexpected", findings({ unexpected: 1 })],
    ["staleRelations", findings({ staleRelations: 1 })],
    ["missingRelations", findings({ missingRelations: 1 })],
    ["failed", findings({ failed: 1 })],
  ])("is none, and says so, for its %s", (name, result) => {
    const lines = shortcomings(result);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(name);
    expect(toTable(result)).toContain("proves nothing");
  });
});

describe("the demo's table", () => {
  test("lines its figures up, and has no line that does not fit a terminal", () => {
    const lines = toTable(good).split("\n");
    const rows = lines.filter((line) => /^ {2}[a-z ]+ {2,}[\d,.]+(?: m?s)? {2}\S/.test(line));
    expect(rows).toHaveLength(16);
    const columns = rows.map((row) => /^ {2}[a-z ]+? +[\d,.]+(?: m?s)? {2}/.exec(row)?.[0].length);
    expect(new Set(columns).size).toBe(1);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  test("tells when the modes changed, and why", () => {
    expect(toTable(good)).toContain("03:04:05.678  local_queue: dormant → queueing  5 failures in a row");
  });
});
