import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Child } from "./child.ts";
import { embeddedUnderTest, type GraphUnderTest, type Service } from "./graph-under-test.ts";
import type { LoadCommand, LoadReport, ServiceCommand, ServiceReport } from "./messages.ts";
import { neo4jUnderTest } from "./neo4j-under-test.ts";
import type { DemoOptions } from "./options.ts";
import type { Progress } from "./progress.ts";
import type { DemoResult } from "./report.ts";
import { judge } from "./judge.ts";
import { takeGraphAway } from "./take-graph-away.ts";
import { Watch } from "./watch.ts";
import { Workload } from "./workload.ts";

/** Handing back takes the runtime up to its `stopWithinMs`. */
const SERVICE_STOPS_WITHIN_MS = 20_000;

/**
 * Starts a service and a load as processes of their own, takes the graph away from under them, and reads the graph when
 * all is done. `signal` ends it early. Whatever it has started and made is gone when this promise settles.
 */
export async function direct(options: DemoOptions, progress: Progress, signal: AbortSignal): Promise<DemoResult> {
  const runId = `demo-${randomBytes(4).toString("hex")}`;
  await using cleanup = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), "holdfast-demo-"));
  const removeFolder = (): void => (options.keep ? undefined : rmSync(folder, { recursive: true, force: true }));
  // For the exits that run no more promises: a second Ctrl-C.
  process.once("exit", removeFolder);
  cleanup.defer(() => {
    removeFolder();
    process.off("exit", removeFolder);
  });
  if (options.keep) process.stderr.write(`The folder ${folder} is kept.\n`);

  const workloadSettings = {
    operations: options.operations,
    lanes: options.lanes,
    documents: options.documents,
    seed: options.seed,
    runId,
  };
  const workload = await Workload.open(workloadSettings);
  const watch = new Watch(signal);
  progress.follow(() => watch.heard);
  const graph: GraphUnderTest = options.neo4j
    ? await neo4jUnderTest(runId, signal, cleanup)
    : embeddedUnderTest(folder);
  const lost = (error: Error): void => watch.fail(error);

  const service: Service = cleanup.use(
    new Child<ServiceCommand, ServiceReport>(
      "service",
      new URL("service.ts", import.meta.url),
      (report) => watch.hearService(report),
      lost,
    ),
  );
  service.tell({ type: "start", dataDirectory: join(folder, "service"), graph: graph.settings });
  const port = await watch.until((heard) => heard.port);
  // A cold Neo4j may need longer for its first answers than a breaker waits: the story begins with everything in order.
  await watch.until((heard) => heard.service?.admits === true);

  const acknowledgements = join(folder, "acknowledgements.jsonl");
  const load = cleanup.use(
    new Child<LoadCommand, LoadReport>(
      "load",
      new URL("load.ts", import.meta.url),
      (report) => watch.hearLoad(report),
      lost,
    ),
  );
  load.tell({
    type: "start",
    port,
    file: acknowledgements,
    ratePerSecond: options.ratePerSecond,
    workload: workloadSettings,
  });

  const faults = graph.faults(watch, service);
  const outage = await takeGraphAway(watch, faults, options.operations, progress.show);
  await watch.until(({ load: status }) => status?.finished === true);
  await watch.until(
    ({ service: status, drainsVerifiedAt }) =>
      status?.unfinished === 0 && drainsVerifiedAt.some((at) => at >= outage.restoredAt),
  );
  // Everything is told by now; one more status holds the last figures.
  const { service: last } = watch.heard;
  await watch.until(({ service: status }) => status !== last);

  progress.show("reading the graph");
  await load.stop({ type: "stop" });
  await service.stop({ type: "stop" }, SERVICE_STOPS_WITHIN_MS);
  // Awaited here: what is cleaned up on the way out is needed for it.
  return await judge({
    workload,
    outage,
    acknowledgements,
    heard: watch.heard,
    graph,
    swallowed: faults.swallowed(watch.heard),
  });
}
