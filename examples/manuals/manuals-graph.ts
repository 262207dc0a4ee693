import type { Dependency } from "holdfast";
import type { GraphTransaction } from "holdfast/graph";
import type { manualNodes, manualRelationships } from "./graph-model.ts";

/** A transaction on a graph that was declared with the manuals' model. */
export type ManualsTransaction = GraphTransaction<typeof manualNodes, typeof manualRelationships>;

/** The graph that the manuals are kept in: `embeddedGraph` or `neo4j`, declared with `manualNodes` and `manualRelationships`. */
export type ManualsGraph = Dependency<ManualsTransaction>;
