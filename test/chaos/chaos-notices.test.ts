import { copyFileSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { temporaryFolder } from "../support/ledger.ts";
import { type CampaignOptions, runCampaign } from "./campaign/campaign.ts";
import { shortcomings } from "./campaign/report.ts";
import { readAcknowledgements } from "./campaign/verify-acknowledgements.ts";
import { readEmbeddedGraph } from "./campaign/verify-embedded-graph.ts";
import { checkFile, verifyJournal } from "./campaign/verify-journal.ts";
import { verifyLists } from "./campaign/verify-lists.ts";

const SMALL: CampaignOptions = {
  kills: 4,
  lanes: 50,
  seed: 3,
  graph: "embedded",
  acknowledgementsPerKill: 300,
  keep: false,
};
const signal = new AbortController().signal;

describe("the campaign notices", { timeout: 180_000 }, () => {
  test("invariant 2: effects that are committed without their receipts are doubled", async () => {
    const service = new URL("./service-without-receipts.ts", import.meta.url);
    const result = await runCampaign(SMALL, { signal, service });
    expect(result.figures.doubled).toBeGreaterThan(0);
    expect(shortcomings(result).join("\n")).toContain("doubled is");
  });
});

describe("the campaign's proof, given the files of a real campaign in which one thing was changed,", () => {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-test-"));
  let kept = "";

  beforeAll(async () => {
    vi.stubEnv("TMPDIR", folder);
    await runCampaign({ ...SMALL, kills: 1, keep: true }, { signal });
    vi.unstubAllEnvs();
    kept = join(folder, readdirSync(folder)[0]!);
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** What the proof says of a copy, after `change` was done to it. */
  function judged(change: (files: { readonly graph: Database.Database; readonly journal: Database.Database }) => void) {
    const copies = temporaryFolder();
    const [graphFile, journalFile] = [join(copies, "graph.db"), join(copies, "journal.db")];
    copyFileSync(join(kept, "graph.db"), graphFile);
    copyFileSync(join(kept, "service", "journal.db"), journalFile);
    const graph = new Database(graphFile);
    const journal = new Database(journalFile);
    change({ graph, journal });
    graph.close();
    journal.close();
    const acknowledgements = readAcknowledgements(join(kept, "acknowledgements.txt"));
    return {
      ...verifyLists(acknowledgements, readEmbeddedGraph(graphFile)),
      ...verifyJournal(journalFile, acknowledgements.length),
      unsound: [graphFile, journalFile].flatMap(checkFile),
    };
  }

  const NOTHING = { lost: 0, doubled: 0, outOfOrder: 0, unexpected: 0, torn: 0, parked: 0, faults: [], unsound: [] };

  /** Changes the numbers of the longest lane. */
  function changeLane(graph: Database.Database, change: (numbers: number[]) => readonly number[]): void {
    const { id, properties } = graph
      .prepare<[], { id: number; properties: string }>(
        "SELECT id, properties FROM node WHERE key LIKE '%lane-%' ORDER BY length(properties) DESC LIMIT 1",
      )
      .get()!;
    const node = JSON.parse(properties) as { numbers: number[] };
    expect(node.numbers.length).toBeGreaterThan(3);
    graph
      .prepare("UPDATE node SET properties = ? WHERE id = ?")
      .run(JSON.stringify({ ...node, numbers: change(node.numbers) }), id);
  }

  test("says nothing when nothing was changed", () => {
    expect(judged(() => {})).toMatchObject(NOTHING);
  });

  test("says that a number is lost", () => {
    const verdict = judged(({ graph }) => changeLane(graph, ([, ...rest]) => rest));
    expect(verdict).toMatchObject({ ...NOTHING, lost: 1 });
    expect(verdict.examples[0]).toMatch(/^lost: \d+ of lane-\d+$/);
  });

  test("says that everything of a list that is gone is lost", () => {
    const verdict = judged(({ graph }) => graph.exec("DELETE FROM node WHERE key LIKE '%lane-7'"));
    expect(verdict.lost).toBeGreaterThan(3);
  });

  test("says that a number is doubled", () => {
    const verdict = judged(({ graph }) => changeLane(graph, ([first = 0, ...rest]) => [first, first, ...rest]));
    expect(verdict).toMatchObject({ ...NOTHING, doubled: 1 });
  });

  test("says that two numbers of a lane changed places", () => {
    const verdict = judged(({ graph }) => changeLane(graph, ([a = 0, b = 0, ...rest]) => [b, a, ...rest]));
    expect(verdict).toMatchObject({ ...NOTHING, outOfOrder: 1 });
  });

  test("says that a number was never acknowledged, and that a list is not what its last transaction wrote", () => {
    const verdict = judged(({ graph }) => changeLane(graph, (numbers) => [...numbers, 999_999_999]));
    expect(verdict).toMatchObject({ ...NOTHING, unexpected: 1, torn: 1 });
  });

  test("says that an end, or a row of the audit log, is missing", () => {
    const verdict = judged(({ journal }) => {
      journal.exec("DELETE FROM ended WHERE sequence = (SELECT max(sequence) FROM ended)");
      journal.exec("DELETE FROM audit WHERE id = (SELECT max(id) FROM audit WHERE kind = 'accepted')");
    });
    expect(verdict.faults.join("\n")).toMatch(/ends: .*\n.*rows accepted in the audit log/s);
  });

  test("counts what waits behind a dead letter", () => {
    const verdict = judged(({ journal }) => {
      const insert = (sequence: number, state: number): string =>
        `INSERT INTO operation (sequence, state, pool, priority, definition, lane, accepted_at, expires_at, principal, input)
         VALUES (${sequence}, ${state}, 1, 2, 1, 77, 0, 0, 'test', '{}');`;
      journal.exec(insert(9_000_001, 7) + insert(9_000_002, 2) + insert(9_000_003, 2));
    });
    expect(verdict).toMatchObject({ parked: 2, deadLetters: 1 });
    expect(verdict.faults).toHaveLength(1);
  });
});
