import { createRuntime, defineOperation, dependency, silentLogger } from "holdfast";
import { z } from "zod";

/*
 * One state of a service whose memory is read, in a process of its own. JavaScript, so that nothing is stripped of its
 * types here: the stripper alone takes tens of megabytes. Its parent names the state and gets one message.
 */

/** @typedef {{ state: "idle" | "filled" | "reopened" | "in flight", folder: string, rows: number, calls: number }} Order */

/** @type {Order} */
const { state, folder, rows, calls } = JSON.parse(process.argv[2] ?? "");
process.once("disconnect", () => process.exit(1)); // its parent is gone

/** Callers that fill the store. */
const FILLERS = 256;
/** Garbage and pages of what has just happened. */
const SETTLE_MS = 2_000;
const BODY = "x".repeat(210);

const isUp = state === "in flight";
const service = dependency({
  name: "service",
  probe: async () => {
    if (!isUp) throw new Error("The service is down.");
  },
  concurrency: { limit: Math.max(64, calls), slowStartMs: 0 },
});
const job = defineOperation({
  name: "job",
  version: 1,
  input: z.object({ id: z.number(), body: z.string() }),
  dependsOn: { service },
  orderingKey: ({ id }) => `lane-${id}`,
  execute: () => {},
});
const runtime = await createRuntime({ dataDirectory: folder, operations: [job], logger: silentLogger });
const finished = Promise.withResolvers();
if (state === "filled") await fill();
const inFlight = state === "in flight" ? callAll() : [];
await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
const { counts } = runtime.status().queue;
await new Promise((resolve) =>
  process.send?.(
    {
      rssBytes: process.memoryUsage.rss(),
      heapBytes: process.memoryUsage().heapTotal,
      highestRssBytes: process.resourceUsage().maxRSS * 1_024,
      queued: counts.ready + counts.blocked,
      inFlight: runtime.status().dependencies[0]?.inUse,
    },
    undefined,
    undefined,
    resolve,
  ),
);
finished.resolve();
await Promise.all(inFlight);
await runtime.stop();
process.exit(0);

async function fill() {
  let next = 0;
  const caller = async () => {
    while (next < rows) {
      const { status } = await runtime.submit(job, { id: next++, body: BODY });
      if (status !== "queued") throw new Error(`a submit was ${status} where a backlog is made`);
    }
  };
  await Promise.all(Array.from({ length: FILLERS }, caller));
}

function callAll() {
  return Array.from({ length: calls }, () => runtime.call(service, () => finished.promise));
}
