import { ingestDocument } from "./document-ingest.ts";
import { queryDocuments } from "./document-query.ts";
import type { ManualsGraph } from "./manuals-graph.ts";

/**
 * The operations of the manuals' service, on one graph.
 *
 * @example
 * const graph = embeddedGraph({ file: "./data/graph.db", nodes: manualNodes, relationships: manualRelationships });
 * const { ingestDocument, queryDocuments } = documentOperations(graph);
 * await using runtime = await createRuntime({ dataDirectory: "./data", operations: [ingestDocument, queryDocuments] });
 * await runtime.submit(ingestDocument, { documentId: "fryer", text });
 */
export function documentOperations(graph: ManualsGraph) {
  return { ingestDocument: ingestDocument(graph), queryDocuments: queryDocuments(graph) };
}
