import { fasterAnswersOf, fewerFailures, moreInGraph } from "./advantage.ts";
import type { Scenario } from "./scenario.ts";

export const slowNeo4j: Scenario = {
  name: "slow-neo4j",
  story: "each transaction of the graph takes longer and longer",
  shows: "fewer calls at a time and more time for each, so that they end instead of being given up half-way",
  expectedModes: ["reduced_performance"],
  minutes: { before: 8, during: 25, after: 8 },
  ratePerSecond: { before: 60, during: 60, after: 60 },
  graph: { slots: 16, serviceMs: 5 },
  async disturb(stage) {
    for (const serviceMs of [200, 1_000, 3_000]) {
      await stage.trouble({ kind: "slow", serviceMs });
      await stage.wait(1 / 3);
    }
    await stage.trouble({ kind: "slow", serviceMs: stage.serviceMs });
  },
  advantages: [
    fewerFailures("a slow graph still does its work, if no more is sent than it can take"),
    moreInGraph("what waits in the graph's own line until its time is up was waited for in vain"),
    fasterAnswersOf("critical", "the most urgent calls must not stand in one line with all others"),
  ],
};
