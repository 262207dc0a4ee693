import { join } from "node:path";
import { createRuntime, HoldfastError, type Runtime } from "holdfast";
import { banner, jsonLogger, serveRuntime } from "holdfast/server";
import { faultyGraph } from "holdfast/testing";
import { documentOperations } from "./document-operations.ts";
import { ManualsFaults } from "./faults/manuals-faults.ts";
import { firstAnswer } from "./start-first-answer.ts";
import { openGraph } from "./start-graph.ts";
import { ingestShippedManuals, listDocuments } from "./start-manuals.ts";
import type { ManualsTransaction } from "./manuals-graph.ts";
import { readSettings, SettingError, type StartSettings } from "./start-settings.ts";

/*
 * What `npm start` runs: the manuals' operations, served on this machine.
 *
 * HOLDFAST_PORT (4400), HOLDFAST_DATA (./data), HOLDFAST_LOG (warn); NEO4J_URI, NEO4J_USERNAME (neo4j) and
 * NEO4J_PASSWORD for a Neo4j instead of the embedded graph.
 */

/** A graph that is up answers within this even on a busy machine; one that is down is greeted as such. */
const FIRST_ANSWER_WITHIN_MS = 10_000;

try {
  await serveManuals(readSettings(process.env));
} catch (error) {
  console.error(oneLine(error));
  process.exitCode = 1;
}

async function serveManuals(settings: StartSettings): Promise<void> {
  const { dataDirectory, port, logLevel } = settings;
  const logger = jsonLogger(logLevel);
  // A newcomer may cut it in the console, whichever graph it is: nothing of that reaches the graph itself.
  const faulty = faultyGraph<ManualsTransaction>(await openGraph(settings));
  const graph = faulty.dependency;
  const list = listDocuments(graph);
  const operations = documentOperations(graph);
  const { ingestDocument: ingest, queryDocuments: query } = operations;
  let runtime: Runtime | undefined;
  const faults = new ManualsFaults(faulty, operations, () => runtime);
  const server = await serveRuntime({
    runtime: async () => {
      const backupDirectory = join(dataDirectory, "backups");
      runtime = await createRuntime({ dataDirectory, backupDirectory, operations: [ingest, query, list], logger });
      runtime.onMemoryPressure(() => faults.letGoOfMemory());
      return runtime;
    },
    port,
    logger,
    mode: "development",
    faults,
  });
  const stopFaults = () => faults.stop();
  server.stopped.then(stopFaults, stopFaults);
  await firstAnswer(server.runtime, FIRST_ANSWER_WITHIN_MS);
  // A signal may have come before it was ready; there is nothing to greet with then.
  if (server.phase !== "ready") return;

  const { url, access } = server;
  console.log(banner({ url, status: server.runtime.status(), dataDirectory, graph: settings.graph, access }));
  console.log(`  manuals    ${await ingestShippedManuals(server.runtime, { list, ingest })}`);
  console.log(invitation(url));
  // From a clone the console is built when it is first asked for: now, so that it is there when somebody opens it.
  await fetch(url).then(
    (page) => page.body?.cancel(),
    () => undefined,
  );
}

function invitation(url: string): string {
  const question = JSON.stringify({ name: "document.query", input: { question: "What temperature for the fryer?" } });
  return [
    "",
    `  Try: open the console and press "Cut" under Faults, or:`,
    `       export HOLDFAST_TOKEN=hf_dev_…   # the token of the first start`,
    `       curl ${url}/api/v4/degradation/status -H "authorization: Bearer $HOLDFAST_TOKEN"`,
    `       curl ${url}/api/v4/operations -H "authorization: Bearer $HOLDFAST_TOKEN" -H 'content-type: application/json' -d '${question}'`,
    "       npm run demo",
    "",
  ].join("\n");
}

/** For a terminal: what is wrong and what to do. Only a fault of our own shows its stack. */
function oneLine(error: unknown): string {
  if (error instanceof HoldfastError && error.code === "address_in_use")
    return `${error.message} Stop it, or set HOLDFAST_PORT to another port.`;
  if (error instanceof HoldfastError || error instanceof SettingError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
