import { embeddedGraph } from "holdfast/graph";
import { neo4j } from "holdfast/neo4j";
import { faultyGraph } from "holdfast/testing";
import { ingestDocument } from "../manuals/document-ingest.ts";
import { manualNodes, manualRelationships } from "../manuals/graph-model.ts";
import type { Fault, GraphSettings } from "./messages.ts";

/** The service's graph, the operation that writes to it, and the faults of a graph that has no socket to be cut. */
export interface ServiceGraph {
  readonly ingest: ReturnType<typeof ingestDocument>;
  /** Answers of commits that were swallowed here. */
  readonly swallowed: number;
  apply(fault: Fault, count: number): void;
}

export function openGraph(settings: GraphSettings): ServiceGraph {
  const model = { nodes: manualNodes, relationships: manualRelationships };
  if (settings.kind === "neo4j") {
    const { kind: _, ...address } = settings;
    // Its faults happen at a proxy in another process.
    return { ingest: ingestDocument(neo4j({ ...address, ...model })), swallowed: 0, apply() {} };
  }
  const faulty = faultyGraph(embeddedGraph({ file: settings.file, ...model }));
  return {
    ingest: ingestDocument(faulty.dependency),
    get swallowed() {
      return faulty.counts.swallowed;
    },
    apply(fault, count) {
      if (fault === "swallow") faulty.swallowCommitAnswers(count);
      else faulty[fault]();
    },
  };
}
