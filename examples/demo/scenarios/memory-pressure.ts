import { fewerFailures, fewerRestarts, moreInGraph } from "./advantage.ts";
import type { Scenario } from "./scenario.ts";

export const memoryPressure: Scenario = {
  name: "memory-pressure",
  story: "a cache fills the heap, and grows with each call",
  shows: "the service is asked to free memory before the process dies, and takes less until it has",
  expectedModes: ["memory_constrained"],
  minutes: { before: 8, during: 25, after: 8 },
  ratePerSecond: { before: 60, during: 60, after: 60 },
  graph: { slots: 16, serviceMs: 5 },
  heapLimitMib: 256,
  async disturb(stage) {
    await stage.trouble({ kind: "leak", fillTo: 0.88, bytesPerCall: 30_000 });
    await stage.wait(1);
    await stage.trouble({ kind: "mend" });
  },
  advantages: [
    fewerRestarts("a process that runs out of memory takes everything with it that it was doing"),
    fewerFailures("while it is dead and being started, nobody is served"),
    moreInGraph("what was under way when it died is not done by anybody"),
  ],
};
