import { type FaultProxy, neo4jUnavailable, startFaultProxy, startNeo4jServer } from "holdfast/testing";
import { receiptLabelOf } from "./graph-names.ts";
import type { GraphUnderTest } from "./graph-under-test.ts";
import type { GraphSettings } from "./messages.ts";
import { deleteRun, type Neo4jAddress, readNeo4jGraph } from "./verify-neo4j-graph.ts";

const DEFAULT_BOLT_PORT = 7_687;

/** A Neo4j as the service reaches it, and how to break that way, and to go around it. */
export interface Neo4jBehindProxy {
  /** Straight to the server. */
  readonly address: Neo4jAddress;
  readonly proxy: FaultProxy;
  /** Through the proxy. */
  readonly settings: (runId: string) => GraphSettings;
}

/**
 * A real Neo4j: the one that NEO4J_URI names, or one that is started for this run. The service reaches it through a
 * proxy in this process, which breaks the connections. What was started or made is given to `cleanup`.
 */
export async function neo4jBehindProxy(
  runIds: readonly string[],
  signal: AbortSignal,
  cleanup: AsyncDisposableStack,
): Promise<Neo4jBehindProxy> {
  const foreign = addressFromEnvironment();
  const address = foreign ?? (await startOwn(signal, cleanup));
  // A database that is not the run's own gets rid of what the run has made, and of nothing else.
  if (foreign !== undefined)
    for (const runId of runIds) cleanup.defer(() => deleteRun(foreign, { runId, receiptLabel: receiptLabelOf(runId) }));
  const { hostname, port } = new URL(address.uri);
  const proxy = cleanup.use(
    await startFaultProxy({ target: { host: hostname, port: Number(port) || DEFAULT_BOLT_PORT } }),
  );
  return {
    address,
    proxy,
    settings: (runId) => ({
      kind: "neo4j",
      ...address,
      uri: `bolt://${proxy.host}:${proxy.port}`,
      receiptLabel: receiptLabelOf(runId),
    }),
  };
}

/** The same, as the graph that the demo takes away. It is read around the proxy. */
export async function neo4jUnderTest(
  runId: string,
  signal: AbortSignal,
  cleanup: AsyncDisposableStack,
): Promise<GraphUnderTest> {
  const { address, proxy, settings } = await neo4jBehindProxy([runId], signal, cleanup);
  const now = async (apply: () => void): Promise<number> => {
    const at = Date.now();
    apply();
    return at;
  };
  return {
    settings: settings(runId),
    faults: () => ({
      swallowCommitAnswers: (count) => proxy.swallowCommitAnswers(count),
      swallowed: () => proxy.swallowed,
      cut: () => now(() => proxy.cut()),
      restore: () => now(() => proxy.restore()),
    }),
    read: (what) => readNeo4jGraph(address, what),
  };
}

function addressFromEnvironment(): Neo4jAddress | undefined {
  const {
    NEO4J_URI: uri,
    NEO4J_USERNAME: username = "neo4j",
    NEO4J_PASSWORD: password,
    NEO4J_DATABASE: database,
  } = process.env;
  if (uri === undefined || uri === "") return undefined;
  // Encrypted connections cannot be looked into, and neo4j:// would find its way around the proxy by the routing table.
  if (!/^(?:bolt|neo4j):\/\/./.test(uri))
    throw new Error(
      "The demo breaks connections at a proxy, so NEO4J_URI must be bolt://host:port or neo4j://host:port, without TLS.",
    );
  if (password === undefined) throw new Error("NEO4J_URI is set, and NEO4J_PASSWORD is not.");
  return { uri: uri.replace(/^neo4j:/, "bolt:"), username, password, ...(database === undefined ? {} : { database }) };
}

/** The start cannot be broken off: an interrupted demo waits for it, and then stops it. */
async function startOwn(signal: AbortSignal, cleanup: AsyncDisposableStack): Promise<Neo4jAddress> {
  const why = neo4jUnavailable();
  if (why !== undefined) throw new Error(`No Neo4j can be started here: ${why}. Set NEO4J_URI, or leave --neo4j out.`);
  const server = cleanup.use(await startNeo4jServer());
  signal.throwIfAborted();
  return { uri: server.uri, username: server.username, password: server.password };
}
