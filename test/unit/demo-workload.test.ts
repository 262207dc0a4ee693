import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { Workload } from "../../examples/demo/workload.ts";
import { extractManual } from "../../examples/manuals/extract-manual.ts";

const documents = fileURLToPath(new URL("../../examples/manuals/documents", import.meta.url));
const open = (operations: number, lanes: number, seed = 1) =>
  Workload.open({ operations, lanes, seed, documents, runId: "run" });
const relationsOf = (workload: Workload, operation: number) =>
  extractManual(workload.documentOf(operation)).relations.map(({ type, from, to }) => `${type} ${from} ${to}`);

describe("the demo's workload", () => {
  test("gives every lane a document of its own, whose id is the run's", async () => {
    const workload = await open(500, 200);
    expect(new Set(workload.documentIds).size).toBe(200);
    expect(workload.documentIds.every((id) => id.startsWith("run-"))).toBe(true);
    expect(workload.documentOf(403).id).toBe(workload.documentIds[3]);
  });

  test("changes relations from each revision to the next, in every manual", async () => {
    const lanes = 12;
    const workload = await open(lanes * 6, lanes);
    for (let operation = 0; operation < lanes * 5; operation++) {
      const [before, after] = [relationsOf(workload, operation), relationsOf(workload, operation + lanes)];
      expect(
        after.filter((relation) => !before.includes(relation)),
        `revision after operation ${operation}`,
      ).not.toEqual([]);
      // Revision 0 is the manual as it stands, to which the first bulletin is added; later ones replace it.
      if (operation >= lanes) expect(before.filter((relation) => !after.includes(relation))).not.toEqual([]);
    }
  });

  test("expects the relations of each document's last revision", async () => {
    const workload = await open(31, 12);
    const last = [24, 25, 26, 27, 28, 29, 30, 19, 20, 21, 22, 23].flatMap((operation) =>
      relationsOf(workload, operation),
    );
    expect(workload.expectedRelations().map(({ type, from, to }) => `${type} ${from} ${to}`)).toEqual(last);
  });

  test("is the same for the same seed, and another for another", async () => {
    const [one, same, other] = await Promise.all([open(500, 12, 1), open(500, 12, 1), open(500, 12, 2)]);
    expect(same.documentOf(77)).toEqual(one.documentOf(77));
    expect(other.documentOf(77).text).not.toBe(one.documentOf(77).text);
  });

  test("says what is wrong with a folder without manuals", async () => {
    await expect(
      Workload.open({
        operations: 1,
        lanes: 1,
        seed: 1,
        documents: fileURLToPath(new URL(".", import.meta.url)),
        runId: "run",
      }),
    ).rejects.toThrow("no manual");
  });
});
