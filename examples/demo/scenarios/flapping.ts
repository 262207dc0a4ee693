import { fewerFailures, moreInGraph } from "./advantage.ts";
import type { Scenario } from "./scenario.ts";

const AWAY_MS = 300;
const BACK_MS = 400;
/** While it is back it answers probes, and loses nine of ten transactions: a leader that is elected again and again. */
const LOST_WHILE_BACK = 0.9;

export const flapping: Scenario = {
  name: "flapping",
  story: "the graph goes and comes back every few hundred milliseconds, and while it is back loses most transactions",
  shows: "the breaker opens and closes, what it turns away waits, and the flapping itself is noticed",
  expectedModes: ["local_queue", "reduced_performance"],
  minutes: { before: 8, during: 15, after: 8 },
  ratePerSecond: { before: 80, during: 80, after: 80 },
  graph: { slots: 16, serviceMs: 5 },
  // Breaks of a second would sleep through most of it.
  config: { breaker: { initialBreakMs: 200, maximumBreakMs: 400 } },
  async disturb(stage) {
    const endsAt = performance.now() + stage.durationMs;
    await stage.trouble({ kind: "lossy", share: LOST_WHILE_BACK });
    while (performance.now() < endsAt) {
      await stage.trouble({ kind: "cut" });
      await stage.waitMs(AWAY_MS);
      await stage.trouble({ kind: "restore" });
      await stage.waitMs(BACK_MS);
    }
    await stage.trouble({ kind: "lossy", share: 0 });
  },
  advantages: [
    fewerFailures("a call that meets the graph while it is away can wait for the next time that it is there"),
    moreInGraph("of what is only tried once, as much is missing as the graph was away"),
  ],
};
