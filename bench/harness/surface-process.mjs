import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { createRuntime, silentLogger } from "holdfast";
import { serveRuntime } from "holdfast/server";

/*
 * A server whose memory is read, in a process of its own. JavaScript, so that nothing is stripped of its types here.
 * Its parent sends orders, and gets an answer to each.
 */

/** @typedef {{ readonly order: "memory" } | { readonly order: "turn", readonly reason: string }} Order */

const { folder } = JSON.parse(process.argv[2] ?? "");
process.once("disconnect", () => process.exit(1)); // its parent is gone

const runtime = await createRuntime({
  dataDirectory: join(folder, "served"),
  operations: [],
  monitoring: false,
  logger: silentLogger,
});
const server = await serveRuntime({ runtime, port: 0, stopOn: [], authentication: "none" });
process.on("message", (message) => void answer(/** @type {Order} */ (message)));
process.send?.({ url: server.url });

/** @param {Order} order */
async function answer(order) {
  if (order.order === "memory") {
    for (let round = 0; round < 3; round += 1) {
      globalThis.gc?.();
      await pause(200);
    }
    process.send?.({ rssBytes: process.memoryUsage.rss(), readers: runtime.feeds.transitions.readers });
    return;
  }
  const beganNs = process.hrtime.bigint();
  const { reason } = order;
  if (runtime.status().control.policy.pin === undefined)
    runtime.degradation.pin("reduced_performance", { reason, forMs: 3_600_000 });
  else runtime.degradation.release({ reason });
  process.send?.({ beganNs: String(beganNs), tookMs: Number(process.hrtime.bigint() - beganNs) / 1e6 });
}
