import { defineOperation } from "holdfast";
import { z } from "zod";
import { EXTRACTOR_VERSION, extractManual } from "./extract-manual.ts";
import { applyDifference, assertComparable, differenceFrom, wholeManual } from "./graph-difference.ts";
import { rowsOf } from "./graph-rows.ts";
import { fingerprint } from "./identifiers.ts";
import type { ManualsGraph, ManualsTransaction } from "./manuals-graph.ts";

const input = z.object({
  /** Names the document; every id in the graph that belongs to it begins with this. */
  documentId: z.string().min(1).max(200),
  /** The whole text of this revision. */
  text: z.string(),
  /** Default: seen from the text. */
  format: z.enum(["markdown", "text"]).optional(),
  /** Shown with the document; default: a hash of the text. */
  revision: z.string().min(1).max(200).optional(),
  /** Appended to the document's list `operations`, so that order and repetition can be checked in the graph. */
  sequence: z.int().nonnegative().optional(),
});

/** What `document.ingest` is given. */
export type IngestInput = z.output<typeof input>;

/** What `document.ingest` answers: how much the manual holds, and whether the graph had to be changed for it. */
export interface IngestResult {
  readonly changed: boolean;
  readonly equipment: number;
  readonly procedures: number;
  readonly steps: number;
  readonly temperatures: number;
  readonly relations: number;
}

/**
 * `document.ingest`: reads one revision of a manual and makes the graph say what it says, and nothing that only earlier
 * revisions said. One transaction; revisions of one document take effect in the order in which they were accepted.
 */
export function ingestDocument(graph: ManualsGraph) {
  return defineOperation({
    name: "document.ingest",
    version: 1,
    input,
    dependsOn: { graph },
    orderingKey: ({ documentId }) => `document:${documentId}`,
    execute: ({ input: given, graph: transaction }) => ingest(given, transaction),
  });
}

async function ingest(given: IngestInput, graph: ManualsTransaction): Promise<IngestResult> {
  const { documentId, text, format, revision, sequence } = given;
  const manual = extractManual({ id: documentId, text, ...(format && { format }), ...(revision && { revision }) });
  const reading = fingerprint(JSON.stringify([EXTRACTOR_VERSION, format ?? "", manual.document.revision, text]));
  const [before] = await graph.matchNodes("Document", { keys: [documentId] });
  const changed = before?.reading !== reading;
  if (changed) {
    const rows = rowsOf(manual);
    assertComparable(rows);
    const difference = before === undefined ? wholeManual(rows) : await differenceFrom(rows, documentId, graph);
    await graph.mergeNodes("Document", [{ ...manual.document, reading }]);
    await applyDifference(difference, documentId, graph);
  }
  if (sequence !== undefined)
    await graph.append("Document", [{ key: documentId, property: "operations", values: [sequence] }]);
  const { equipment, procedures, steps, temperatures, relations } = manual;
  return {
    changed,
    equipment: equipment.length,
    procedures: procedures.length,
    steps: steps.length,
    temperatures: temperatures.length,
    relations: relations.length,
  };
}
