import { defineOperation } from "holdfast";
import { z } from "zod";
import { EXTRACTOR_VERSION, extractManual } from "./extract-manual.ts";
import type { ExtractedManual } from "./extracted-manual.ts";
import { applyDifferences, assertComparable, differenceFrom, wholeManual } from "./graph-difference.ts";
import { type ManualRows, rowsOf } from "./graph-rows.ts";
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
 * revisions said. One transaction; revisions of one document take effect in the order in which they were accepted. A
 * backlog is read and written many revisions at a time.
 */
export function ingestDocument(graph: ManualsGraph) {
  return defineOperation({
    name: "document.ingest",
    version: 1,
    input,
    dependsOn: { graph },
    orderingKey: ({ documentId }) => `document:${documentId}`,
    execute: async ({ input: given, graph: transaction }) => (await ingest([given], transaction))[0]!,
    maximumBatchItems: 100,
    executeBatch: ({ items, graph: transaction }) =>
      ingest(
        items.map((item) => item.input),
        transaction,
      ),
  });
}

/** A revision as it was read, and whether it says anything that the one before it did not. */
interface Reading {
  readonly manual: ExtractedManual;
  readonly reading: string;
  readonly changed: boolean;
}

async function ingest(inputs: readonly IngestInput[], graph: ManualsTransaction): Promise<IngestResult[]> {
  const documents = [...new Set(inputs.map(({ documentId }) => documentId))];
  const found = await graph.matchNodes("Document", { keys: documents });
  const known = new Map(found.map(({ id, reading }) => [String(id), reading]));
  const last = new Map(known);
  const readings = inputs.map((given): Reading => {
    const { manual, reading } = read(given);
    const changed = last.get(given.documentId) !== reading;
    last.set(given.documentId, reading);
    return { manual, reading, changed };
  });

  const changes = Map.groupBy(
    readings.filter(({ changed }) => changed),
    ({ manual }) => manual.document.id,
  );
  const differences = new Map(
    await Promise.all(
      [...changes].map(async ([document, revisions]) => {
        const rows = revisions.map(({ manual }) => rowsOf(manual)) as [ManualRows];
        rows.forEach(assertComparable);
        const difference = known.has(document)
          ? await differenceFrom(rows, document, graph)
          : wholeManual(rows.at(-1)!);
        return [document, difference] as const;
      }),
    ),
  );
  await graph.mergeNodes(
    "Document",
    [...changes.values()].flatMap((revisions) =>
      revisions.map(({ manual, reading }) => ({ ...manual.document, reading })),
    ),
  );
  await applyDifferences(differences, graph);
  await graph.append(
    "Document",
    inputs.flatMap(({ documentId: key, sequence }) =>
      sequence === undefined ? [] : [{ key, property: "operations", values: [sequence] }],
    ),
  );
  return readings.map(resultOf);
}

function read({ documentId, text, format, revision }: IngestInput): Omit<Reading, "changed"> {
  const manual = extractManual({ id: documentId, text, ...(format && { format }), ...(revision && { revision }) });
  return {
    manual,
    reading: fingerprint(JSON.stringify([EXTRACTOR_VERSION, format ?? "", manual.document.revision, text])),
  };
}

function resultOf({
  manual: { equipment, procedures, steps, temperatures, relations },
  changed,
}: Reading): IngestResult {
  return {
    changed,
    equipment: equipment.length,
    procedures: procedures.length,
    steps: steps.length,
    temperatures: temperatures.length,
    relations: relations.length,
  };
}
