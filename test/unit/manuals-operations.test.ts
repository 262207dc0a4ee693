import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createRuntime, defineOperation, type Runtime } from "holdfast";
import { embeddedGraph } from "holdfast/graph";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import type { QueryResult } from "../../examples/manuals/answers/query-result.ts";
import { documentOperations } from "../../examples/manuals/document-operations.ts";
import { extractManual } from "../../examples/manuals/extract-manual.ts";
import { assertComparable } from "../../examples/manuals/graph-difference.ts";
import {
  manualNodes,
  manualRelationships,
  PART_LABELS,
  RELATIONSHIP_TYPES,
} from "../../examples/manuals/graph-model.ts";
import { rowsOf } from "../../examples/manuals/graph-rows.ts";
import { readDocuments } from "../../examples/manuals/read-documents.ts";

let folder = "";
let runtime: Runtime;
let operations: ReturnType<typeof openManuals>;

/** A node with all its properties, whatever their order. */
const inWords = (node: object): string =>
  JSON.stringify(Object.entries(node).sort(([one], [other]) => (one < other ? -1 : 1)));

const openManuals = () => {
  const graph = embeddedGraph({
    file: join(folder, "graph.db"),
    nodes: manualNodes,
    relationships: manualRelationships,
  });
  const readGraph = defineOperation({
    name: "test.readGraph",
    version: 1,
    input: z.object({ document: z.string() }),
    dependsOn: { graph },
    queueable: false,
    execute: async ({ input: { document }, graph: transaction }) => {
      const relations: string[] = [];
      const nodes: string[] = [];
      for (const type of RELATIONSHIP_TYPES)
        for (const { from, to } of await transaction.matchRelationships(type, { where: { document } }))
          relations.push(`${type} ${from} ${to}`);
      for (const label of PART_LABELS)
        for (const { modelKey: _, ...node } of await transaction.matchNodes(label, { where: { document } }))
          nodes.push(inWords(node));
      const [found] = await transaction.matchNodes("Document", { keys: [document] });
      return { relations, nodes, revision: found?.revision, operations: found?.operations ?? null };
    },
  });
  const touch = defineOperation({
    name: "test.touch",
    version: 1,
    input: z.object({ id: z.string() }),
    dependsOn: { graph },
    execute: ({ input: { id }, graph: transaction }) => transaction.mergeNodes("Equipment", [{ id, serviced: "yes" }]),
  });
  return { ...documentOperations(graph), readGraph, touch };
};
/** Each group of tests has a graph of its own. */
const useOwnGraph = (): void => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "holdfast-manuals-"));
    operations = openManuals();
    runtime = await createRuntime({ dataDirectory: folder, operations: Object.values(operations) });
  });
  afterAll(async () => {
    await runtime.stop();
    await rm(folder, { recursive: true, force: true });
  });
};

const ingest = async (documentId: string, text: string, sequence?: number) => {
  const outcome = await runtime.submit(operations.ingestDocument, {
    documentId,
    text,
    ...(sequence !== undefined && { sequence }),
  });
  if (outcome.status !== "completed" || outcome.value === undefined) throw new Error(JSON.stringify(outcome));
  return outcome.value;
};

const readGraph = async (document: string) => {
  const outcome = await runtime.submit(operations.readGraph, { document });
  if (outcome.status !== "completed" || outcome.value === undefined) throw new Error(JSON.stringify(outcome));
  return outcome.value;
};

/** What the graph must hold of a document: what its text says, and nothing else. */
const expected = (id: string, text: string) => {
  const manual = extractManual({ id, text });
  return {
    relations: manual.relations.map(({ type, from, to }) => `${type} ${from} ${to}`).sort(),
    nodes: [...manual.equipment, ...manual.procedures, ...manual.steps, ...manual.temperatures].map(inWords).sort(),
    revision: manual.document.revision,
  };
};

const inGraph = async (id: string) => {
  const { relations, nodes, revision } = await readGraph(id);
  return { relations: relations.sort(), nodes: nodes.sort(), revision };
};

const FIRST =
  "# TF-50 Fryer\n\n## Cleaning\n\n1. Cool it to 100 °F.\n2. Wash it at 110 °F.\n3. Dry it.\n\n## Cooking\n\nFries at 350 °F.\n";

describe("document.ingest", () => {
  useOwnGraph();

  test("puts into the graph what a manual says, and counts it", async () => {
    expect(await ingest("first", FIRST)).toEqual({
      changed: true,
      equipment: 1,
      procedures: 1,
      steps: 3,
      temperatures: 3,
      relations: 14,
    });
    expect(await inGraph("first")).toEqual(expected("first", FIRST));
  });

  test("changes nothing for a revision that it has", async () => {
    await ingest("again", FIRST);
    expect(await ingest("again", FIRST)).toMatchObject({ changed: false, steps: 3 });
    expect(await inGraph("again")).toEqual(expected("again", FIRST));
  });

  test.each([
    ["another text of a step", FIRST.replace("Dry it.", "Dry it well.")],
    ["a step more in the middle", FIRST.replace("3. Dry it.", "3. Rinse it at 90 °F.\n4. Dry it.")],
    ["a step less", FIRST.replace("3. Dry it.\n", "")],
    ["another machine", FIRST.replace("TF-50 Fryer", "CG-3 Grill")],
    [
      "a procedure that moved to another machine",
      "# Handbook\n\n## Fryer\n\n## Grill\n\n### Cleaning\n\n1. Cool it.\n2. Dry it.\n",
    ],
    ["a second machine beside the first", `${FIRST}\n## Grill CG-3\n\n### Cleaning\n\n1. Scrape it.\n2. Dry it.\n`],
    [
      "a temperature that moved to another step",
      FIRST.replace("Cool it to 100 °F.", "Cool it.").replace("3. Dry it.", "3. Dry it at 100 °F."),
    ],
    ["other temperatures", FIRST.replace("350", "360").replace("110", "115")],
    ["nothing at all", ""],
  ])("leaves nothing of the revision before one with %s, both ways", async (name, text) => {
    const id = `revised ${name}`;
    for (const revision of [FIRST, text, FIRST, text]) {
      await ingest(id, revision);
      expect(await inGraph(id)).toEqual(expected(id, revision));
    }
  });

  test("touches no other document, and no property that others have put on a node", async () => {
    await ingest("one", FIRST);
    await ingest("two", FIRST);
    const [equipment] = extractManual({ id: "two", text: FIRST }).equipment;
    if (equipment === undefined) throw new Error("no equipment");
    await runtime.submit(operations.touch, { id: equipment.id });
    await ingest("one", "");
    expect((await inGraph("one")).nodes).toEqual([]);
    expect((await inGraph("two")).relations).toEqual(expected("two", FIRST).relations);
    await ingest("two", FIRST.replace("TF-50 Fryer", "TF-50 fryer"));
    const { nodes } = await readGraph("two");
    expect(nodes).toContain(inWords({ ...equipment, name: "TF-50 fryer", serviced: "yes" }));
  });

  test("appends its sequence to the document's list, also when the revision is known", async () => {
    for (const sequence of [3, 1, 7]) await ingest("counted", FIRST, sequence);
    await ingest("counted", `${FIRST}\nMore.\n`, 8);
    await ingest("counted", FIRST);
    expect((await readGraph("counted")).operations).toEqual([3, 1, 7, 8]);
  });

  test("takes effect in the order of acceptance within a document", async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, sequence) =>
        runtime.submit(
          operations.ingestDocument,
          { documentId: "ordered", text: `# TF-${sequence} Fryer\n`, sequence },
          { answerWithinMs: 30_000 },
        ),
      ),
    );
    expect(outcomes.every(({ status }) => status === "completed")).toBe(true);
    expect((await readGraph("ordered")).operations).toEqual(Array.from({ length: 20 }, (_, sequence) => sequence));
    expect(await inGraph("ordered")).toEqual(expected("ordered", "# TF-19 Fryer\n"));
  });

  test("refuses a manual of which a later revision could not find all again", () => {
    const manual = extractManual({ id: "d", text: "1. Go\n".repeat(100_000) });
    expect(() => assertComparable(rowsOf(manual))).toThrow("100000 of Step, more than can be kept of one document");
    expect(() => assertComparable(rowsOf(extractManual({ id: "d", text: FIRST })))).not.toThrow();
  });

  test("refuses a document without an id, before anything is stored", async () => {
    expect(await runtime.submit(operations.ingestDocument, { documentId: "", text: "x" })).toMatchObject({
      status: "refused",
      reason: "invalid_input",
    });
  });
});

describe("document.query", () => {
  useOwnGraph();
  beforeAll(async () => {
    const documents = await readDocuments(fileURLToPath(new URL("../../examples/manuals/documents", import.meta.url)));
    for (const { id, text, format } of documents)
      await runtime.submit(operations.ingestDocument, { documentId: id, text, format }, { answerWithinMs: 30_000 });
  });

  const ask = async (question: string): Promise<QueryResult> => {
    const outcome = await runtime.submit(operations.queryDocuments, { question });
    if (outcome.status !== "completed" || outcome.value === undefined) throw new Error(JSON.stringify(outcome));
    return outcome.value;
  };
  const temperatures = async (question: string) => {
    const result = await ask(question);
    return result.kind === "temperature" ? result.answers.map(({ temperature }) => temperature) : result.kind;
  };
  const procedures = async (question: string) => {
    const result = await ask(question);
    return result.kind === "steps"
      ? result.answers.map(({ procedure, steps }) => `${procedure} ${steps.length}`)
      : result.kind;
  };
  const machines = async (question: string) => {
    const result = await ask(question);
    return result.kind === "equipment" ? result.answers.map(({ equipment }) => equipment) : result.kind;
  };

  test("answers which temperature, with the manual it is from", async () => {
    const result = await ask("What temperature for chicken in the open fryer?");
    expect(result).toMatchObject({
      kind: "temperature",
      incomplete: false,
      sources: [{ document: "open-fryer", title: "Tamarack TF-50 Open Fryer: Operator Manual" }],
    });
    expect(result.answers).toEqual([
      expect.objectContaining({
        temperature: "350 °F (177 °C)",
        context: "Chicken tenders, breaded – Oil temperature: 350 °F (177 °C)",
        equipment: ["Tamarack TF-50 Open Fryer"],
      }),
      expect.objectContaining({ temperature: "165 °F (74 °C)" }),
      expect.objectContaining({ temperature: "325 °F (163 °C)" }),
      expect.objectContaining({ temperature: "165 °F (74 °C)" }),
    ]);
    expect(await temperatures("At what temperature does the walk-in freezer alarm sound?")).toEqual(["10 °F"]);
    expect(await temperatures("temperature of the final rinse?")).toEqual(["180 °F (82 °C)", "120 °F (49 °C)"]);
    expect((await temperatures("How cold should the walk-in cooler be?"))?.[0]).toBe("34 °F and 38 °F");
  });

  test("answers which steps, in their order", async () => {
    const result = await ask("steps to clean the grill");
    expect(result).toMatchObject({
      kind: "steps",
      answers: [{ procedure: "Daily cleaning", equipment: ["Halden CG-3 Clamshell Grill"] }],
    });
    const [answer] = result.answers;
    expect(
      answer !== undefined && "steps" in answer ? [answer.steps.length, answer.steps[0], answer.steps[8]] : answer,
    ).toEqual([
      9,
      "Select CLEAN. The lanes cool to 300 °F (149 °C) and the platens stay up.",
      "Fit new release sheets.",
    ]);
    expect(await procedures("How do I descale the C-61?")).toEqual(["Every three months: descaling 6"]);
    expect(await procedures("how to change the CO2 cylinder")).toEqual(["Changing the CO2 cylinder 7"]);
  });

  test("answers which equipment, and why", async () => {
    expect(await machines("which equipment holds hot food?")).toEqual(
      expect.arrayContaining([
        "Quillon QH-4 Universal Holding Cabinet",
        "Quillon QH-8 Double Holding Cabinet",
        "Quillon QW-2 Heated Landing Station",
      ]),
    );
    expect((await machines("which equipment holds hot food?"))?.[0]).toBe("Quillon QH-4 Universal Holding Cabinet");
    expect(await machines("Which machine makes ice?")).toEqual(["Fennick Glacier 500 Ice Machine"]);
    expect(await machines("which equipment needs descaling?")).toEqual([
      "Kettleby K2 Twin Coffee Brewer",
      "Orsina C-61 Combi Oven",
    ]);
  });

  test("answers with nothing what the graph does not hold", async () => {
    for (const question of [
      "What temperature for waffles in the open fryer?",
      "steps to clean the pizza oven",
      "What temperature has the XQ-99?",
    ]) {
      expect({ question, ...(await ask(question)) }).toMatchObject({ question, answers: [], sources: [] });
    }
    expect(await ask("what is the meaning of life")).toEqual({
      kind: "not_understood",
      answers: [],
      sources: [],
      incomplete: false,
    });
  });

  test("is not kept for later when it cannot be answered now", () => {
    expect(operations.queryDocuments.queueable).toBe(false);
  });
});
