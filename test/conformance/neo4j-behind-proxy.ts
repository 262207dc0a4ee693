import type { DependencyConnection, ReceiptStore } from "../../src/dependencies/dependency.ts";
import { neo4j, type Neo4jTransaction } from "../../src/graph/neo4j/index.ts";
import { silentLogger } from "../../src/ports.ts";
import { systemClock } from "../../src/system-clock.ts";
import { type FaultProxy, startFaultProxy } from "../../src/testing/fault-proxy.ts";
import { neo4jAddress, neo4jLogin, OwnNeo4j } from "./neo4j-support.ts";

export interface BehindProxy {
  readonly proxy: FaultProxy;
  readonly connection: DependencyConnection<Neo4jTransaction>;
  readonly store: ReceiptStore<Neo4jTransaction>;
  readonly item: string;
  readonly own: OwnNeo4j;
  /** How often the effect of an operation is in the graph: `append` would double it. */
  effects(key: string): Promise<number>;
  close(): Promise<void>;
}

/** Our graph through a proxy that fails on demand, and a raw driver that goes straight to the server. */
export async function neo4jBehindProxy(
  options: { readonly password?: string; readonly database?: string } = {},
): Promise<BehindProxy> {
  const own = new OwnNeo4j();
  const proxy = await startFaultProxy({ target: neo4jAddress() });
  const item = `${own.prefix}Item`;
  const dependency = neo4j({
    ...neo4jLogin(),
    ...options,
    uri: `bolt://${proxy.host}:${proxy.port}`,
    receiptLabel: own.receiptLabel,
    connectTimeoutMs: 2_000,
    nodes: { [item]: { key: "id" } },
  });
  const connection = dependency.connect({
    clock: systemClock,
    logger: silentLogger,
  }) as unknown as DependencyConnection<Neo4jTransaction>;
  return {
    proxy,
    connection,
    store: connection.receipts!,
    item,
    own,
    effects: async (key) => {
      const node = (await own.nodes(item)).find(({ id }) => id === key);
      return Array.isArray(node?.effects) ? node.effects.length : 0;
    },
    close: async () => {
      await connection.close();
      await proxy.close();
      await own.close();
    },
  };
}
