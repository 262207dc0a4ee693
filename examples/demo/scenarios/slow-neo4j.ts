import { fasterAnswersOf, fewerFailures, moreInGraph } from "./advantage.ts";
import type { Scenario } from "./scenario.ts";

/** The last is longer than a call may take, unless the mode in force gives it more time. */
const SLOWER_AND_SLOWER_MS = [200, 1_500, 6_000];

export const slowNeo4j: Scenario = {
  name: "slow-neo4j",
  story: "each transaction of the graph takes longer and longer",
  shows: "fewer calls at a time and more time for each, so that they end instead of being given up half-way",
  expectedModes: ["reduced_performance"],
  minutes: { before: 8, during: 25, after: 8 },
  ratePerSecond: { before: 60, during: 60, after: 60 },
  graph: { slots: 16, serviceMs: 5 },
  // The preset, ten minutes, is for operations that take minutes.
  config: { sensing: { slowOperationMs: 1_000 } },
  async disturb(stage) {
    for (const serviceMs of SLOWER_AND_SLOWER_MS) {
      await stage.trouble({ kind: "slow", serviceMs });
      await stage.wait(1 / SLOWER_AND_SLOWER_MS.length);
    }
    await stage.trouble({ kind: "slow", serviceMs: stage.serviceMs });
  },
  advantages: [
    fewerFailures("a slow graph still does its work, if no more is sent than it can take"),
    moreInGraph("what waits in the graph's own line until its time is up was waited for in vain"),
    fasterAnswersOf("critical", "the most urgent calls must not stand in one line with all others"),
  ],
};
