import { fewerFailures, moreInGraph } from "./advantage.ts";
import type { Scenario } from "./scenario.ts";

export const errorStorm: Scenario = {
  name: "error-storm",
  story: "a bad release makes handlers fail: most of the ordinary ones, few of the urgent ones",
  shows: "what is urgent goes on, and the rest waits until the errors are over instead of failing",
  expectedModes: ["selective_processing"],
  minutes: { before: 8, during: 30, after: 8 },
  ratePerSecond: { before: 80, during: 80, after: 80 },
  graph: { slots: 16, serviceMs: 5 },
  async disturb(stage) {
    const often = 0.7;
    const rarely = 0.15;
    await stage.trouble({
      kind: "fail",
      share: { critical: rarely, high: rarely, normal: often, low: often, deferred: often },
    });
    await stage.wait(1);
    await stage.trouble({ kind: "fail", share: {} });
  },
  advantages: [
    fewerFailures("an order that would fail now and can wait is better tried later"),
    moreInGraph("what has failed for good has to be sent again by somebody"),
  ],
};
