import { embeddedGraph } from "holdfast/graph";
import { join } from "node:path";
import { manualNodes as nodes, manualRelationships as relationships } from "./graph-model.ts";
import type { StartSettings } from "./start-settings.ts";

/** The manuals' graph: a Neo4j where one is set, else a file in the data directory, without loading a driver. */
export async function openGraph({ graph, dataDirectory }: StartSettings) {
  if (graph.kind === "embedded") return embeddedGraph({ file: join(dataDirectory, "graph.db"), nodes, relationships });
  const { uri, username, password } = graph;
  const { neo4j } = await import("holdfast/neo4j");
  return neo4j({ uri, username, password, nodes, relationships });
}
