import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { configure, defaultConfig, PRIORITIES } from "../../src/index.ts";
import { figuresOf } from "../../examples/demo/scenarios/call-figures.ts";
import { neo4jOutage } from "../../examples/demo/scenarios/neo4j-outage.ts";
import { SCENARIOS } from "../../examples/demo/scenarios/catalog.ts";
import { judge } from "../../examples/demo/scenarios/judge.ts";
import type { PhaseOfLoad } from "../../examples/demo/scenarios/messages.ts";
import { isQuestion, priorityOf, shareOf, STATIONS } from "../../examples/demo/scenarios/orders.ts";
import { PHASES } from "../../examples/demo/scenarios/phase.ts";
import type { ArmEvidence } from "../../examples/demo/scenarios/run-arm.ts";
import { serviceConfig } from "../../examples/demo/scenarios/service-config.ts";
import { inWords, scaledConfig } from "../../examples/demo/scenarios/time-scale.ts";

describe("what callers saw", () => {
  test("is counted by its end, and its latencies are those of real calls", () => {
    const calls = Array.from({ length: 200 }, (_, index) => ({
      end: (["completed", "queued", "refused", "failed", "unanswered"] as const)[index % 5] ?? "completed",
      tookMs: 200 - index,
    }));
    expect(figuresOf(calls)).toEqual({
      offered: 200,
      completed: 40,
      queued: 40,
      refused: 40,
      failed: 80,
      latencyMs: { p50: 100, p95: 190, p99: 198 },
    });
  });

  test("is nothing where nobody called", () => {
    expect(figuresOf([])).toMatchObject({ offered: 0, latencyMs: { p50: 0, p95: 0, p99: 0 } });
  });
});

describe("the load of the scenarios", () => {
  const orders = Array.from({ length: STATIONS * 3 }, (_, order) => order);

  test.each(PRIORITIES)("has its share of %s orders, also among the questions", (priority) => {
    const share = (numbers: readonly number[]) =>
      numbers.filter((order) => priorityOf(order) === priority).length / numbers.length;
    expect(share(orders)).toBeCloseTo(shareOf(priority), 6);
    expect(share(orders.filter(isQuestion))).toBeCloseTo(shareOf(priority), 1);
  });

  test("gives a station one priority for good", () => {
    for (const order of orders) expect(priorityOf(order + STATIONS)).toBe(priorityOf(order));
  });
});

describe("the time scale", () => {
  test("divides every dwell, and leaves thresholds and what a call may take as they are", () => {
    const scaled = configure(scaledConfig(60));
    for (const [kind, definition] of Object.entries(defaultConfig.triggers)) {
      const mine = scaled.triggers[kind as keyof typeof scaled.triggers];
      expect(mine, kind).toEqual({
        ...definition,
        enterDwellMs: definition.enterDwellMs / 60,
        leaveDwellMs: definition.leaveDwellMs / 60,
      });
    }
    expect(scaled.operations).toEqual(defaultConfig.operations);
    expect(scaled.breaker).toEqual(defaultConfig.breaker);
    expect(scaled.incident.cooldownMs).toBe(defaultConfig.incident.cooldownMs / 60);
    expect(scaled.modes.restoreStepMs).toBe(defaultConfig.modes.restoreStepMs / 60);
    expect(scaled.sensing.slowOperationMs).toBe(defaultConfig.sensing.slowOperationMs / 60);
  });

  test("changes nothing when it is 1", () => {
    expect(configure(scaledConfig(1))).toEqual(defaultConfig);
  });

  test("is told with what it divides", () => {
    expect(inWords(60)).toMatch(/^time scale 60: divided by it are the triggers.* dwells/);
  });

  test.each(SCENARIOS.map((scenario) => [scenario.name, scenario] as const))(
    "makes a configuration for %s that the runtime takes",
    (_, scenario) => {
      const settings = { timeScale: 60, narrowness: scenario.graph };
      expect(configure(serviceConfig(settings, scenario)).concurrency.limit).toBe(scenario.graph.slots);
    },
  );
});

describe("the judge of a scenario", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "demo-judge-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** Ten orders in each phase; what the evidence says of each order is up to the test. */
  function evidence(status: (order: number) => "completed" | "queued" | "failed", lists: number[][]): ArmEvidence {
    const acknowledgements = join(folder, `${Math.random()}.jsonl`);
    const lines = Array.from({ length: 30 }, (_, order) =>
      JSON.stringify({ operation: order, lane: order, status: status(order), at: 1 }),
    );
    writeFileSync(acknowledgements, `${lines.join("\n")}\n`);
    const calls = figuresOf(Array.from({ length: 10 }, () => ({ end: "completed", tookMs: 3 }) as const));
    const phases = PHASES.map(
      (phase, index): PhaseOfLoad => ({
        phase,
        first: index * 10,
        end: index * 10 + 10,
        seconds: 2,
        all: calls,
        byPriority: { critical: calls, high: calls, normal: calls, low: calls, deferred: calls },
      }),
    );
    return {
      phases,
      inGraphAt: { before: 0, during: 10, after: 12, end: 30 },
      acknowledgements,
      lists,
      heard: {
        service: undefined,
        isUp: true,
        port: 1,
        transitions: [],
        breakerOpenings: 0,
        lowestLimit: 16,
        highestHeapShare: 0.1,
        pages: [],
        deadLetters: 0,
        troublesBegun: [],
        loadReady: true,
        load: undefined,
        finished: phases,
      },
      restarts: 0,
      afterMs: 2_000,
    };
  }
  const allLists = Array.from({ length: 30 }, (_, order) => [order]);

  test("counts what is in the graph by the phase in which it was offered, and goodput by when it appeared", () => {
    const lists = allLists.map((list, order) => (order === 15 ? [] : list));
    const { figures, ours } = judge(
      neo4jOutage,
      60,
      evidence((order) => (order === 15 ? "failed" : "queued"), lists),
      undefined,
    );
    expect(figures).toMatchObject({
      scenario: "neo4j-outage",
      timeScale: 60,
      lost: 0,
      doubled: 0,
      outOfOrder: 0,
      control: null,
    });
    expect([figures.before, figures.during, figures.after].map(({ inGraph, orders }) => [inGraph, orders])).toEqual([
      [10, 10],
      [9, 10],
      [10, 10],
    ]);
    expect([figures.before, figures.during, figures.after].map(({ goodputPerSecond }) => goodputPerSecond)).toEqual([
      5, 1, 9,
    ]);
    expect(ours.unexpected).toBe(0);
  });

  test("judges both by the same lists: what was acknowledged, and what was not", () => {
    const lists = allLists.map((list, order) => (order === 3 ? [] : order === 4 ? [4, 4] : list));
    const without = evidence((order) => (order === 7 ? "failed" : "completed"), lists);
    const { figures } = judge(
      neo4jOutage,
      60,
      evidence(() => "queued", allLists),
      without,
    );
    expect(figures).toMatchObject({ lost: 0, doubled: 0 });
    expect(figures.control).toMatchObject({ lost: 1, doubled: 1, outOfOrder: 0, unexpected: 1 });
  });

  test("does not look in the graph for questions", () => {
    const questions = Array.from({ length: 30 }, (_, order) => order).filter(isQuestion);
    const { figures } = judge(
      { ...neo4jOutage, withQuestions: true },
      60,
      evidence(() => "queued", allLists),
      undefined,
    );
    expect(questions.length).toBeGreaterThan(0);
    expect(figures.before.orders + figures.during.orders + figures.after.orders).toBe(30 - questions.length);
  });
});
