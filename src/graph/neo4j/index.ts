import type { BreakerSettings, ConcurrencySettings } from "../../../config/types.ts";
import type { Dependency } from "../../dependencies/dependency.ts";
import { MisuseError } from "../../errors.ts";
import type { NodeSchema, RelationshipSchema } from "../graph-store.ts";
import { declareSchema, isGraphName } from "../schema.ts";
import { Neo4jConnection } from "./neo4j-connection.ts";
import type { Neo4jTransaction } from "./neo4j-transaction.ts";

export type { Neo4jTransaction } from "./neo4j-transaction.ts";
export type {
  AppendRow,
  GraphTransaction,
  NodeKey,
  NodeSchema,
  NodeSelection,
  Properties,
  PropertyValue,
  RelationshipFound,
  RelationshipRow,
  RelationshipSchema,
  Where,
} from "../graph-store.ts";

const SCHEMES = ["neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc"];

/** The runtime's default limit; a pool smaller than the limit would be a second, hidden one. */
const DEFAULT_CONCURRENCY = 64;

export interface Neo4jOptions<Nodes extends NodeSchema, Relationships extends RelationshipSchema<Nodes>> {
  /** Unique within a runtime. Default: `graph`. */
  readonly name?: string;
  /** `neo4j://host:7687`, which follows the leader of a cluster, or `bolt://…` for exactly this server; `+s` for TLS. */
  readonly uri: string;
  readonly username: string;
  /** As a function it is read anew at every reconnect. */
  readonly password: string | (() => string);
  /** Default: the user's home database. */
  readonly database?: string;
  readonly nodes: Nodes;
  readonly relationships?: Relationships;
  /** The label of the receipts' nodes. Default: `HoldfastReceipt`. */
  readonly receiptLabel?: string;
  /** How long a connection may take to be made. Milliseconds; default 5,000. */
  readonly connectTimeoutMs?: number;
  readonly breaker?: Partial<BreakerSettings>;
  readonly concurrency?: Partial<ConcurrencySettings>;
}

/**
 * Neo4j as a dependency with receipts. The first probe creates or verifies a uniqueness constraint per label and one
 * for the receipts; on a large graph create them beforehand. Beside the portable vocabulary its transaction has
 * `run(cypher, parameters)`.
 *
 * @example
 * const graph = neo4j({ uri: "neo4j://localhost", username: "neo4j", password, nodes: { Equipment: { key: "id" } } });
 * @throws MisuseError `invalid_graph_schema`, `invalid_graph_uri`
 */
export function neo4j<
  const Nodes extends NodeSchema,
  const Relationships extends RelationshipSchema<Nodes> = Record<never, never>,
>(options: Neo4jOptions<Nodes, Relationships>): Dependency<Neo4jTransaction<Nodes, Relationships>> {
  const { name = "graph", uri, username, password, database, receiptLabel = "HoldfastReceipt" } = options;
  const schema = declareSchema(options.nodes, options.relationships);
  if (!isGraphName(receiptLabel) || schema.nodes.has(receiptLabel))
    throw new MisuseError("invalid_graph_schema", 'The receipts need a label of their own: letters, digits and "_".');
  checkUri(uri);
  const settings = {
    name,
    schema,
    receiptLabel,
    uri,
    username,
    password: typeof password === "function" ? password : () => password,
    database,
    connectTimeoutMs: options.connectTimeoutMs ?? 5_000,
    // Those in use, those of abandoned handlers, and a few for probes and fences.
    maximumConnections: (options.concurrency?.limit ?? DEFAULT_CONCURRENCY) * 2 + 16,
  };
  return Object.freeze({
    name,
    breaker: options.breaker ?? {},
    concurrency: options.concurrency ?? {},
    connect: (context) => new Neo4jConnection<Nodes, Relationships>(settings, context),
  } satisfies Dependency<Neo4jTransaction<Nodes, Relationships>>);
}

/** The address is not shown: people put passwords into it. */
function checkUri(uri: unknown): void {
  const scheme = typeof uri === "string" ? /^([a-z0-9+]+):\/\/[^\s/]+/i.exec(uri)?.[1]?.toLowerCase() : undefined;
  // Only a neo4j:// address may carry a routing context.
  const hasContext = String(uri).includes("?") && scheme?.startsWith("bolt") === true;
  if (scheme === undefined || !SCHEMES.includes(scheme) || hasContext)
    throw new MisuseError(
      "invalid_graph_uri",
      `neo4j() needs an address like neo4j://host:7687; schemes: ${SCHEMES.join(", ")}.`,
    );
}
