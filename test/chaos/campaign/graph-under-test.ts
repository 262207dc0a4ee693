import { join } from "node:path";
import { neo4jUnavailable, startFaultProxy, startNeo4jServer } from "holdfast/testing";
import type { Outage } from "./kill-schedule.ts";
import type { Life } from "./life.ts";
import type { GraphSettings } from "./messages.ts";
import { readEmbeddedGraph } from "./verify-embedded-graph.ts";
import type { ReadLists } from "./verify-lists.ts";
import { readNeo4jGraph } from "./verify-neo4j-graph.ts";

/** The graph of a campaign: how the service reaches it, how it is taken away, and how it is read at the end. */
export interface GraphUnderTest {
  readonly settings: GraphSettings;
  /** What it can drain within seconds. */
  readonly longestBacklog: number;
  /** Outages so far, by kind. */
  readonly outages: Readonly<Record<Outage, number>>;
  /** Answers of commits that were lost outside of the service. */
  readonly swallowedAnswers: number;
  takeAway(outage: Outage, life: Life): Promise<void>;
  giveBack(life: Life): Promise<void>;
  read(): Promise<ReadLists>;
  /** What SQLite says of the graph's own file; undefined where the graph is a server. */
  readonly file: string | undefined;
}

/** A file in the campaign's folder. Its port is wrapped within the service, which is told what to do. */
export function embeddedUnderTest(folder: string): GraphUnderTest {
  const file = join(folder, "graph.db");
  const outages = { cut: 0, stall: 0, server: 0 };
  return {
    settings: { kind: "embedded", file },
    longestBacklog: 20_000,
    outages,
    swallowedAnswers: 0,
    file,
    async takeAway(outage, life) {
      outages[outage] += 1;
      life.tell({ kind: outage === "stall" ? "stall" : "cut" });
    },
    async giveBack(life) {
      life.tell({ kind: "restore" });
    },
    read: async () => readEmbeddedGraph(file),
  };
}

/** Some answers of commits are lost all the time: one this often. */
const SWALLOW_EVERY_MS = 400;

/** What keeps a real Neo4j from being started here; undefined when nothing does. */
export const neo4jMissing = neo4jUnavailable;

/** A server of the campaign's own, since it is killed, behind a proxy that breaks its connections. Read around the proxy. */
export async function neo4jUnderTest(signal: AbortSignal, cleanup: AsyncDisposableStack): Promise<GraphUnderTest> {
  const server = cleanup.use(await startNeo4jServer());
  signal.throwIfAborted();
  const proxy = cleanup.use(await startFaultProxy({ target: { host: server.host, port: server.port } }));
  const timer = setInterval(() => proxy.swallowCommitAnswers(1), SWALLOW_EVERY_MS);
  cleanup.defer(() => clearInterval(timer));
  const { username, password } = server;
  const outages = { cut: 0, stall: 0, server: 0 };
  return {
    settings: { kind: "neo4j", uri: `bolt://${proxy.host}:${proxy.port}`, username, password },
    longestBacklog: 3_000,
    outages,
    get swallowedAnswers() {
      return proxy.swallowed;
    },
    file: undefined,
    async takeAway(outage) {
      outages[outage] += 1;
      if (outage === "server") await server.kill();
      else proxy[outage]();
    },
    async giveBack() {
      await server.start();
      proxy.restore();
    },
    read: () => readNeo4jGraph({ uri: server.uri, username, password }),
  };
}
