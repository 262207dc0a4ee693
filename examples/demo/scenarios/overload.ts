import { fasterAnswersOf, fewerFailuresOf, moreInGraph } from "./advantage.ts";
import type { Goal } from "./goal.ts";
import type { Scenario } from "./scenario.ts";

const GRAPH = { slots: 16, serviceMs: 160 } as const;
const CAPACITY_PER_SECOND = (GRAPH.slots * 1_000) / GRAPH.serviceMs;
const TIMES_CAPACITY = 3;
const UNLOADED = 0.3;

const LARGEST_RATIO = 1.5;
const LEAST_GOODPUT = 0.9;

const criticalLatency: Goal = {
  what: `critical p99 at ${TIMES_CAPACITY} × capacity, at most ${LARGEST_RATIO} × unloaded`,
  unit: "ms",
  reachedWhen: "at most",
  measure: ({ before, during }) => ({
    value: during.byPriority.critical.latencyMs.p99,
    limit: before.byPriority.critical.latencyMs.p99 * LARGEST_RATIO,
  }),
};

const goodput: Goal = {
  what: `goodput meanwhile, at least ${LEAST_GOODPUT} × capacity`,
  unit: "/s",
  reachedWhen: "at least",
  measure: ({ during }) => ({ value: during.goodputPerSecond, limit: CAPACITY_PER_SECOND * LEAST_GOODPUT }),
};

export const overload: Scenario = {
  name: "overload",
  story: `${TIMES_CAPACITY} times as much is offered as the graph can take`,
  shows: "the urgent calls go first and are served, the graph stays busy, and the rest waits on disk",
  expectedModes: ["selective_processing"],
  minutes: { before: 15, during: 8, after: 10 },
  ratePerSecond: {
    before: CAPACITY_PER_SECOND * UNLOADED,
    during: CAPACITY_PER_SECOND * TIMES_CAPACITY,
    after: CAPACITY_PER_SECOND * UNLOADED,
  },
  graph: GRAPH,
  disturb: (stage) => stage.wait(1),
  advantages: [
    fasterAnswersOf("critical", "what is urgent must not stand in line behind what is not"),
    fewerFailuresOf("critical", "nor may it be given up because too much else was asked for"),
    moreInGraph("what cannot be done at once need not be turned away"),
  ],
  goals: [criticalLatency, goodput],
};
