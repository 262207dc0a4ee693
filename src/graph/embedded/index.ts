import { resolve } from "node:path";
import type { BreakerSettings, ConcurrencySettings } from "../../../config/types.ts";
import type { Dependency } from "../../dependencies/dependency.ts";
import { MisuseError } from "../../errors.ts";
import type { GraphTransaction, NodeSchema, RelationshipSchema } from "../graph-store.ts";
import { declareSchema } from "../schema.ts";
import { EmbeddedConnection } from "./embedded-connection.ts";

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

export interface EmbeddedGraphOptions<Nodes extends NodeSchema, Relationships extends RelationshipSchema<Nodes>> {
  /** Unique within a runtime. Default: `graph`. */
  readonly name?: string;
  /** The SQLite file; it and its folder are made when missing. One graph per file. */
  readonly file: string;
  readonly nodes: Nodes;
  readonly relationships?: Relationships;
  readonly breaker?: Partial<BreakerSettings>;
  readonly concurrency?: Partial<ConcurrencySettings>;
}

/**
 * A property graph on its own SQLite file and worker thread, with nothing to install: the default, and what tests use.
 * Writes are collected in the handle and applied together at the commit, many transactions in one fsync; what was
 * acknowledged survives `kill -9` and a power cut. An error in a write (`constraint_violated`, `node_missing`,
 * `type_error`) is therefore told at the end of the handler, not by the call.
 *
 * @example
 * const graph = embeddedGraph({ file: "./data/graph.db", nodes: { Equipment: { key: "id" } } });
 * @throws MisuseError `invalid_graph_schema`, `invalid_graph_file`
 */
export function embeddedGraph<
  const Nodes extends NodeSchema,
  const Relationships extends RelationshipSchema<Nodes> = Record<never, never>,
>(options: EmbeddedGraphOptions<Nodes, Relationships>): Dependency<GraphTransaction<Nodes, Relationships>> {
  const { name = "graph", file, nodes, relationships } = options;
  if (typeof file !== "string" || file === "" || file === ":memory:" || file.includes("\0"))
    throw new MisuseError(
      "invalid_graph_file",
      "embeddedGraph needs the path of a file: what is acknowledged must survive the process.",
    );
  const settings = { file: resolve(file), schema: declareSchema(nodes, relationships) };
  return Object.freeze({
    name,
    breaker: options.breaker ?? {},
    concurrency: options.concurrency ?? {},
    connect: (context) => new EmbeddedConnection<Nodes, Relationships>(name, settings, context),
  } satisfies Dependency<GraphTransaction<Nodes, Relationships>>);
}
