import { fewerFailures, fewerRestarts, moreInGraph } from "./advantage.ts";
import type { Scenario } from "./scenario.ts";

const MINUTES = 40;
const OFTEN = { critical: 0.4, high: 0.4, normal: 0.7, low: 0.7, deferred: 0.7 } as const;

export const everything: Scenario = {
  name: "everything",
  story: "the graph is gone, the heap fills up and handlers fail, all at once; they are mended one after the other",
  shows:
    "three kinds of trouble are an emergency, in which only what is critical runs; it steps down to what still holds",
  expectedModes: ["local_queue", "memory_constrained", "selective_processing", "emergency_mode"],
  minutes: { before: 8, during: MINUTES, after: 8 },
  ratePerSecond: { before: 60, during: 60, after: 60 },
  graph: { slots: 16, serviceMs: 5 },
  withQuestions: true,
  heapLimitMib: 256,
  async disturb(stage) {
    await stage.trouble({ kind: "fail", share: OFTEN });
    await stage.wait(5 / MINUTES);
    await stage.trouble({ kind: "cut" });
    await stage.wait(5 / MINUTES);
    await stage.trouble({ kind: "leak", fillTo: 0.92, bytesPerCall: 30_000 });
    await stage.wait(20 / MINUTES);
    await stage.trouble({ kind: "fail", share: {} });
    await stage.wait(5 / MINUTES);
    await stage.trouble({ kind: "mend" });
    await stage.wait(5 / MINUTES);
    await stage.trouble({ kind: "restore" });
  },
  advantages: [
    fewerRestarts("whoever is left must at least stay alive"),
    fewerFailures("what can wait out the worst need not fail in it"),
    moreInGraph("an order that its kitchen has sent is worth nothing until it is in the graph"),
  ],
};
