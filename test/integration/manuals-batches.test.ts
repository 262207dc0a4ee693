import { join } from "node:path";
import { fileURLToPath } from "node:url";
import Database from "better-sqlite3";
import { createRuntime, defineOperation } from "holdfast";
import { embeddedGraph } from "holdfast/graph";
import { faultyGraph } from "holdfast/testing";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { ingestDocument } from "../../examples/manuals/document-ingest.ts";
import { manualNodes, manualRelationships } from "../../examples/manuals/graph-model.ts";
import { readDocuments } from "../../examples/manuals/read-documents.ts";
import { readJournal, temporaryFolder, until } from "../support/ledger.ts";

const SHIPPED = fileURLToPath(new URL("../../examples/manuals/documents/", import.meta.url));

/** A manual of which every other section is gone. */
const thinned = (text: string): string =>
  text
    .split(/^(?=## )/m)
    .filter((_, index) => index % 2 === 0)
    .join("");

/** All nodes and relationships of a graph's file, whatever the order in which they were written. */
function contentOf(file: string): readonly string[] {
  const database = new Database(file, { readonly: true });
  const sorted = (properties: string): string =>
    JSON.stringify(Object.entries(JSON.parse(properties)).sort(([one], [other]) => (one < other ? -1 : 1)));
  const nodes = database.prepare("SELECT label, key, properties FROM node").all() as Record<string, string>[];
  const relationships = database.prepare("SELECT type, from_key, to_key, properties FROM relationship").all() as Record<
    string,
    string
  >[];
  database.close();
  return [
    ...nodes.map(({ label, key, properties }) => `${label} ${key} ${sorted(properties!)}`),
    ...relationships.map(
      ({ type, from_key, to_key, properties }) => `${type} ${from_key} ${to_key} ${sorted(properties!)}`,
    ),
  ].sort();
}

async function ingestAll(way: "one by one" | "in batches"): Promise<readonly string[]> {
  const folder = temporaryFolder();
  const [file, dataDirectory] = [join(folder, "graph.db"), join(folder, "data")];
  let largest = 0;
  const faulty = faultyGraph(embeddedGraph({ file, nodes: manualNodes, relationships: manualRelationships }), {
    onPoint: (_, { items }) => void (largest = Math.max(largest, items)),
  });
  const ingest = ingestDocument(faulty.dependency);
  const service = defineOperation({
    name: "test.service",
    version: 1,
    input: z.object({ documents: z.array(z.string()) }),
    dependsOn: { graph: faulty.dependency },
    execute: async ({ input, graph }) => {
      const found = await Promise.all(
        input.documents.map((document) => graph.matchNodes("Equipment", { where: { document } })),
      );
      await graph.mergeNodes(
        "Equipment",
        found.flat().map(({ id }) => ({ id: id!, serviced: true })),
      );
    },
  });
  const runtime = await createRuntime({
    dataDirectory,
    operations: [ingest, service],
    config: { breaker: { consecutiveFailures: 1, initialBreakMs: 20, maximumBreakMs: 50 } },
  });
  onTestFinished(() => runtime.stop());
  const manuals = (await readDocuments(SHIPPED)).slice(0, 5);
  const inputOf = ({ id, text }: { id: string; text: string }, sequence: number) => ({
    documentId: id,
    text,
    sequence,
  });
  const known = manuals.slice(0, 3);
  for (const [index, manual] of known.entries()) await runtime.submit(ingest, inputOf(manual, index));
  // Somebody else's property: it stays on a node that stays, and goes with one that goes, even if that comes back.
  await runtime.submit(service, { documents: known.map(({ id }) => id) });

  const revisions = [
    thinned,
    (text: string) => text,
    (text: string) => text,
    (text: string) => `${text}\n\n## Notes\n\nSet it to 177 °C.\n`,
  ];
  const backlog = revisions.flatMap((revise, round) =>
    manuals.map(({ id, text }, index) => inputOf({ id, text: revise(text) }, 100 * (round + 1) + index)),
  );
  const ended = readJournal(dataDirectory).ended.length;
  if (way === "one by one") for (const input of backlog) await runtime.submit(ingest, input);
  else {
    faulty.cut();
    await runtime.submitMany(ingest, backlog, { answerWithinMs: 100 });
    faulty.restore();
  }
  await until("all to be ingested", () => readJournal(dataDirectory).ended.length >= ended + backlog.length);
  expect(largest > 1).toBe(way === "in batches");
  return contentOf(file);
}

test("a backlog of revisions leaves the same graph in batches as one by one", async () => {
  const oneByOne = await ingestAll("one by one");
  expect(oneByOne.length).toBeGreaterThan(100);
  expect(await ingestAll("in batches")).toEqual(oneByOne);
}, 60_000);
