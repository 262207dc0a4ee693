import { fewerFailures, moreInGraph } from "./advantage.ts";
import type { Scenario } from "./scenario.ts";

const AWAY_MS = 500;
const BACK_MS = 250;

export const flapping: Scenario = {
  name: "flapping",
  story: "the graph goes and comes back every few hundred milliseconds",
  shows: "the breaker opens and closes, what it turns away waits, and the flapping itself is noticed",
  expectedModes: ["local_queue", "reduced_performance"],
  minutes: { before: 8, during: 15, after: 8 },
  ratePerSecond: { before: 80, during: 80, after: 80 },
  graph: { slots: 16, serviceMs: 5 },
  config: { breaker: { initialBreakMs: 200, maximumBreakMs: 400 } },
  async disturb(stage) {
    const endsAt = performance.now() + stage.durationMs;
    while (performance.now() < endsAt) {
      await stage.trouble({ kind: "cut" });
      await stage.waitMs(AWAY_MS);
      await stage.trouble({ kind: "restore" });
      await stage.waitMs(BACK_MS);
    }
  },
  advantages: [
    fewerFailures("a call that meets the graph while it is away can wait for the next time that it is there"),
    moreInGraph("of what is only tried once, as much is missing as the graph was away"),
  ],
};
