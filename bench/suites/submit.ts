import { join } from "node:path";
import { createRuntime, type Dependency, defineOperation, type Runtime, silentLogger } from "holdfast";
import { embeddedGraph } from "holdfast/graph";
import { neo4j } from "holdfast/neo4j";
import { neo4jUnavailable, startNeo4jServer } from "holdfast/testing";
import { z } from "zod";
import type { Finding } from "../entry.ts";
import { BARE } from "../goals.ts";
import { bareHandler } from "../harness/bare-handler.ts";
import { interleaved } from "../harness/interleaved.ts";
import { neo4jVersion } from "../harness/neo4j-version.ts";
import { callsPerSecond } from "../harness/offered.ts";
import type { SuiteContext } from "../suite.ts";
import { outageDetection } from "./outage-detection.ts";

/*
 * A direct submit writes one row, beside the bare handler that writes the same row in the same transaction: first with
 * the receipt that makes it safe to repeat, then without.
 */

const WITHOUT_RECEIPT = "bare handler, no receipt";
const SCHEMA = { nodes: { Item: { key: "id" } } } as const;

interface ItemTransaction {
  mergeNodes(label: "Item", rows: readonly { readonly id: string; readonly value: number }[]): Promise<void>;
}
/** A new connection each time it is called: a service's own, and the bare handler's. */
type Connect = (name: string) => Dependency<ItemTransaction>;

export async function* suite(context: SuiteContext): AsyncIterable<Finding> {
  const { folder, quick } = context;
  const embedded: Connect = (name) => embeddedGraph({ name, file: join(folder, `${name}.db`), ...SCHEMA });
  yield* onGraph(context, "the embedded graph", embedded, { warmUpMs: quick ? 50 : 1_000, sampleMs: quick ? 50 : 500 });

  const unavailable = neo4jUnavailable();
  if (unavailable !== undefined) {
    yield { case: "on Neo4j", absent: unavailable };
    return;
  }
  context.progress("starting a Neo4j");
  await using server = await startNeo4jServer();
  const { uri, username, password } = server;
  context.ranOn(await neo4jVersion(server));
  const remote: Connect = (name) => neo4j({ name, uri, username, password, ...SCHEMA });
  // A cold server is ten times slower.
  yield* onGraph(context, "Neo4j", remote, { warmUpMs: quick ? 500 : 15_000, sampleMs: quick ? 100 : 1_000 });
  yield* outageDetection(context, server);
}

async function* onGraph(
  { folder, quick, progress }: SuiteContext,
  on: string,
  connect: Connect,
  { warmUpMs, sampleMs }: { readonly warmUpMs: number; readonly sampleMs: number },
): AsyncIterable<Finding> {
  const graph = connect("ours");
  const set = defineOperation({
    name: "item.set",
    version: 1,
    input: z.object({ id: z.string(), value: z.number() }),
    dependsOn: { graph },
    execute: ({ input, graph: transaction }) => transaction.mergeNodes("Item", [input]),
  });
  const setInLane = defineOperation({ ...set, name: "item.set-in-lane", orderingKey: ({ id }) => id });
  await using runtime = await createRuntime({
    dataDirectory: join(folder, `submit-${graph.name}-${on}`),
    operations: [set, setInLane],
    config: { concurrency: { slowStartMs: 0 } },
    logger: silentLogger,
  });
  await running(runtime, graph.name);
  await using bare = await bareHandler(connect("bare"));
  let next = 0;
  const row = (): { id: string; value: number } => ({ id: `item-${next++}`, value: 1 });
  const submit = async (operation: typeof set): Promise<void> => {
    const { status } = await runtime.submit(operation, row());
    if (status !== "completed") throw new Error(`a submit was ${status} where completed is measured`);
  };
  const write = (transaction: ItemTransaction): Promise<void> => transaction.mergeNodes("Item", [row()]);
  const contestants = {
    ours: () => submit(set),
    "in a lane": () => submit(setInLane as unknown as typeof set),
    [BARE]: () => bare.execute(write, true),
    [WITHOUT_RECEIPT]: () => bare.execute(write, false),
  };
  progress(`warming up ${on}`);
  for (const call of Object.values(contestants)) await callsPerSecond(16, warmUpMs / 4, call);

  for (const callers of [1, 16, 64]) {
    const name = `${callers === 1 ? "1 caller" : `${callers} callers`} on ${on}`;
    progress(name);
    const { of, foreignCores } = await interleaved(
      Object.fromEntries(
        Object.entries(contestants).map(([contestant, call]) => [contestant, () => sample(callers, sampleMs, call)]),
      ),
      quick ? 1 : 5,
    );
    const perSecond = (contestant: string): number => of[contestant]!.perSecond;
    yield {
      case: name,
      unit: "calls/s",
      ours: perSecond("ours"),
      peers: [BARE, WITHOUT_RECEIPT].map((peer) => ({ name: peer, value: perSecond(peer) })),
      foreignCores,
    };
    yield {
      case: `${name}, each in a lane of its own`,
      unit: "calls/s",
      ours: perSecond("in a lane"),
      peers: [{ name: "without a lane", value: perSecond("ours") }],
      foreignCores,
    };
    if (callers === 16)
      yield {
        case: `main-thread CPU that Holdfast adds, on ${on}`,
        unit: "µs of main-thread CPU",
        ours: of["ours"]!.cpuMicroseconds - of[BARE]!.cpuMicroseconds,
        foreignCores,
        note: `${callers} callers; a submit takes ${Math.round(of["ours"]!.cpuMicroseconds)} µs, the ${BARE} ${Math.round(of[BARE]!.cpuMicroseconds)} µs`,
      };
  }
}

type Sample = { readonly perSecond: number; readonly cpuMicroseconds: number };

/** With the main thread's CPU time per call. */
async function sample(callers: number, sampleMs: number, call: () => Promise<void>): Promise<Sample> {
  let calls = 0;
  const before = process.threadCpuUsage();
  const perSecond = await callsPerSecond(callers, sampleMs, async () => {
    await call();
    calls += 1;
  });
  const { user, system } = process.threadCpuUsage(before);
  return { perSecond, cpuMicroseconds: (user + system) / calls };
}

async function running(runtime: Runtime, dependency: string): Promise<void> {
  while (runtime.status().control.policy.dependencies[dependency]?.decision !== "run")
    await new Promise((resolve) => setTimeout(resolve, 20));
}
