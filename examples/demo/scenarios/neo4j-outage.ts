import { fewerFailures, moreGoodput, moreInGraph } from "./advantage.ts";
import type { Scenario } from "./scenario.ts";

export const neo4jOutage: Scenario = {
  name: "neo4j-outage",
  story: "the graph is gone for a while, and comes back",
  shows: "callers get `queued` instead of an error, and the backlog is drained in order when the graph is back",
  expectedModes: ["local_queue"],
  minutes: { before: 8, during: 15, after: 8 },
  ratePerSecond: { before: 80, during: 80, after: 80 },
  graph: { slots: 16, serviceMs: 5 },
  async disturb(stage) {
    await stage.trouble({ kind: "cut" });
    await stage.wait(1);
    await stage.trouble({ kind: "restore" });
  },
  advantages: [
    fewerFailures("no caller needs to see an error: what cannot be executed now can wait"),
    moreInGraph("an order that its kitchen has sent is worth nothing until it is in the graph"),
    moreGoodput("what waited is done after the outage, and not sent again by somebody, or forgotten"),
  ],
};
