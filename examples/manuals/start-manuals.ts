import { defineOperation, type Runtime } from "holdfast";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import type { ingestDocument } from "./document-ingest.ts";
import type { ManualsGraph } from "./manuals-graph.ts";
import { readDocuments } from "./read-documents.ts";

const SHIPPED = fileURLToPath(new URL("./documents", import.meta.url));

/** Most documents that a list shows. */
const LIST_LIMIT = 1_000;

/** `document.list`: the documents in the graph, by id. */
export function listDocuments(graph: ManualsGraph) {
  return defineOperation({
    name: "document.list",
    version: 1,
    input: z.object({}).default({}),
    dependsOn: { graph },
    queueable: false,
    execute: async ({ graph: transaction }) => {
      const documents = await transaction.matchNodes("Document", {}, { limit: LIST_LIMIT });
      return documents.map(({ id, title, revision }) => ({ id, title, revision }));
    },
  });
}

interface ManualOperations {
  readonly list: ReturnType<typeof listDocuments>;
  readonly ingest: ReturnType<typeof ingestDocument>;
}

/**
 * On the first start the graph is empty: then the manuals that come with the example are submitted, like anybody's.
 *
 * @returns what was done, for a person
 */
export async function ingestShippedManuals(runtime: Runtime, { list, ingest }: ManualOperations): Promise<string> {
  const present = await runtime.submit(list, {});
  if (present.status !== "completed") {
    const why = present.status === "refused" && present.cause !== undefined ? ` (${present.cause.what})` : "";
    return `not read: the graph does not answer${why}; start again when it does`;
  }
  // A value that was too large to be told is not that of an empty graph.
  const count = present.valueOmitted ? "many" : present.value.length;
  if (count !== 0) return `${count} in the graph; ask with document.query`;

  const manuals = await readDocuments(SHIPPED);
  if (runtime.phase !== "running") return "not read: stopping";
  const inputs = manuals.map(({ id, text, format, revision }) => ({ documentId: id, text, format, revision }));
  const outcomes = await runtime.submitMany(ingest, inputs);
  const counted = (status: string): number => outcomes.filter((outcome) => outcome.status === status).length;
  if (counted("completed") === outcomes.length)
    return `${outcomes.length} read on this first start; ask with document.query`;
  const states = ["completed", "queued", "refused", "failed"].filter((status) => counted(status) > 0);
  return `${outcomes.length} submitted on this first start: ${states.map((status) => `${counted(status)} ${status}`).join(", ")}`;
}
