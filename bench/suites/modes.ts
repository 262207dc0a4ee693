import { join } from "node:path";
import { embeddedGraph } from "holdfast/graph";
import { neo4j } from "holdfast/neo4j";
import { faultyGraph, neo4jUnavailable, startFaultProxy, startNeo4jServer } from "holdfast/testing";
import type { Finding } from "../entry.ts";
import { neo4jVersion } from "../harness/neo4j-version.ts";
import type { SuiteContext } from "../suite.ts";
import { drainRecovery } from "./drain-recovery.ts";
import { type CutGraph, firstFailure, type ItemTransaction } from "./first-failure.ts";
import { modeAfterDwell } from "./mode-after-dwell.ts";
import { overload } from "./overload.ts";
import { policyChange } from "./policy-change.ts";
import { policyReading } from "./policy-reading.ts";

/*
 * What was promised of the control plane, where callers see it. Each part has its runtime to itself, one after the
 * other.
 */

const SCHEMA = { nodes: { Item: { key: "id" } } } as const;

export async function* suite(context: SuiteContext): AsyncIterable<Finding> {
  yield* policyReading(context);
  yield* policyChange(context);
  yield* modeAfterDwell(context);
  yield* overload(context);
  yield* firstFailure(context, embeddedToCut(context.folder));

  const unavailable = neo4jUnavailable();
  if (unavailable !== undefined) {
    yield { case: "a cut of Neo4j, and its drain", absent: unavailable };
    return;
  }
  context.progress("starting a Neo4j");
  await using server = await startNeo4jServer();
  context.ranOn(await neo4jVersion(server));
  const { uri, username, password, host, port } = server;
  await using proxy = await startFaultProxy({ target: { host, port } });
  const remote: CutGraph = {
    name: "Neo4j",
    connect: (name) => neo4j({ name, uri: uri.replace(/:\d+$/, `:${proxy.port}`), username, password, ...SCHEMA }),
    cut: () => proxy.cut(),
    restore: () => proxy.restore(),
  };
  yield* firstFailure(context, remote);
  yield* drainRecovery(context, remote);
}

/** The embedded graph has no socket to be cut: every connection is cut at its port. */
function embeddedToCut(folder: string): CutGraph {
  const graphs: { cut(): void; restore(): void }[] = [];
  return {
    name: "the embedded graph",
    connect: (name) => {
      const graph = faultyGraph<ItemTransaction>(
        embeddedGraph({ name, file: join(folder, `cut-${name}.db`), ...SCHEMA }),
      );
      graphs.push(graph);
      return graph.dependency;
    },
    cut: () => graphs.forEach((graph) => graph.cut()),
    restore: () => graphs.forEach((graph) => graph.restore()),
  };
}
