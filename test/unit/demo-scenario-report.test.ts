import { describe, expect, test } from "vitest";
import { SCENARIOS, scenarioNamed } from "../../examples/demo/scenarios/catalog.ts";
import { overload } from "../../examples/demo/scenarios/overload.ts";
import type { ArmFigures, PhaseFigures, ScenarioResult } from "../../examples/demo/scenarios/report.ts";
import type { Scenario } from "../../examples/demo/scenarios/scenario.ts";
import { toTable } from "../../examples/demo/scenarios/scenario-table.ts";
import { shortcomings } from "../../examples/demo/scenarios/shortcomings.ts";

const calls = {
  offered: 1_200,
  completed: 1_100,
  queued: 100,
  refused: 0,
  failed: 0,
  latencyMs: { p50: 12.3, p95: 1_016, p99: 12_345 },
};
const phase: PhaseFigures = {
  ...calls,
  seconds: 15,
  orders: 1_200,
  inGraph: 1_200,
  goodputPerSecond: 80.1,
  byPriority: { critical: calls, high: calls, normal: calls, low: calls, deferred: calls },
};
const good: ArmFigures = {
  lost: 0,
  doubled: 0,
  outOfOrder: 0,
  unexpected: 0,
  restarts: 0,
  before: phase,
  during: phase,
  after: phase,
};
const slow = { ...calls, failed: 700, latencyMs: { p50: 1_000, p95: 20_000, p99: 123_456 } };
const troubled: PhaseFigures = {
  ...phase,
  completed: 500,
  failed: 700,
  inGraph: 500,
  goodputPerSecond: 33.3,
  byPriority: { critical: slow, high: slow, normal: slow, low: slow, deferred: slow },
};
const bad: ArmFigures = { ...good, restarts: 3, during: troubled };

const at = "2026-01-02T03:04:05.678Z";
const why = {
  actor: "calls:graph",
  what: "5 failures in a row (limit 5); last connection_lost: the connection was cut",
};

/** A result with which a scenario shows what it is to show. */
function resultOf(scenario: Scenario, ours: ArmFigures = good, control: ArmFigures | null = bad): ScenarioResult {
  const transitions = scenario.expectedModes.flatMap((mode) => [
    { at, mode, from: "dormant", to: "in_force", cause: why },
    { at, mode, from: "in_force", to: "dormant", cause: why },
  ]);
  const { unexpected: _, restarts: __, ...figures } = ours;
  return {
    figures: { scenario: scenario.name, timeScale: 60, ...figures, transitions, control },
    ours,
    findings: {
      stillInForce: "",
      deadLetters: 0,
      breakerOpenings: 2,
      lowestLimit: 4,
      highestHeapShare: 0.91,
      pages: [],
      examples: [],
    },
  };
}

describe.each(SCENARIOS.map((scenario) => [scenario.name, scenario] as const))("the scenario %s", (name, scenario) => {
  test("is found by its name, expects a mode, and says in what callers fare better, and why", () => {
    expect(scenarioNamed(name)).toBe(scenario);
    expect(scenario.expectedModes.length).toBeGreaterThan(0);
    expect(scenario.advantages.length).toBeGreaterThan(1);
    for (const { why: reason } of scenario.advantages) expect(reason.length).toBeGreaterThan(20);
  });

  test("is shown when nothing is lost, its modes came and went, and callers fared better", () => {
    expect(shortcomings(scenario, resultOf(scenario))).toEqual([]);
    expect(shortcomings(scenario, resultOf(scenario, good, null))).toEqual([]);
  });

  test("is not shown when callers fared no better without it", () => {
    const lines = shortcomings(scenario, resultOf(scenario, good, good));
    expect(lines).toHaveLength(scenario.advantages.length);
    expect(lines[0]).toContain("with Holdfast and");
  });

  test("is not shown when a mode did not come, or did not go", () => {
    const result = resultOf(scenario);
    const { transitions } = result.figures;
    const withOnly = (steps: typeof transitions) => ({ ...result, figures: { ...result.figures, transitions: steps } });
    expect(shortcomings(scenario, withOnly([]))).toEqual(
      scenario.expectedModes.map((mode) => `${mode} was expected, and never came into force.`),
    );
    expect(shortcomings(scenario, withOnly(transitions.filter(({ to }) => to === "in_force")))).toEqual(
      scenario.expectedModes.map((mode) => `${mode} came into force, and did not go.`),
    );
  });
});

describe("a scenario's run", () => {
  test.each(["lost", "doubled", "outOfOrder", "unexpected", "restarts"] as const)(
    "shows nothing when its %s is not 0",
    (name) => {
      const lines = shortcomings(overload, resultOf(overload, { ...good, [name]: 1 }));
      expect(lines).toEqual([`${name} is 1, and must be 0.`]);
    },
  );

  test("shows nothing when something other than normal is in force at its end", () => {
    const result = resultOf(overload);
    const lines = shortcomings(overload, {
      ...result,
      findings: { ...result.findings, stillInForce: "emergency_mode" },
    });
    expect(lines).toEqual(["not normal in the end: emergency_mode."]);
  });
});

describe("the scenario's table", () => {
  test.each(SCENARIOS.flatMap((scenario) => [[scenario, bad] as const, [scenario, null] as const]))(
    "lines its columns up, and fits a terminal: $name",
    (scenario, control) => {
      const lines = toTable(scenario, resultOf(scenario, good, control)).split("\n");
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
      const first = lines.findIndex((line) => line.trimStart().startsWith("offered"));
      const last = lines.findIndex((line) => line.includes("deferred")) + 2;
      const rows = lines.slice(first - (control === null ? 1 : 2), last + 1).filter((line) => line !== "");
      expect(rows).toHaveLength(22 + (control === null ? 1 : 2));
      expect(new Set(rows.map((row) => row.length)).size).toBe(1);
    },
  );

  test("says of each figure to reach whether it was", () => {
    expect(toTable(overload, resultOf(overload))).toContain("missed   goodput");
    expect(toTable(overload, resultOf(overload))).toContain(`overload: ${overload.story}.`);
    expect(toTable(overload, resultOf(overload), false), "on a screen that shows it already").not.toContain(
      overload.story,
    );
    const fast = { ...good, during: { ...phase, goodputPerSecond: 99 } };
    expect(toTable(overload, resultOf(overload, fast))).toContain("reached  goodput");
  });

  test("tells the beginning and the end of a long history", () => {
    const result = resultOf(overload);
    const many = Array.from({ length: 40 }, () => result.figures.transitions).flat();
    const text = toTable(overload, { ...result, figures: { ...result.figures, transitions: many } });
    expect(text).toContain("… 68 more …");
  });
});
