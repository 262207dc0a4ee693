import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import SQLite from "better-sqlite3";
import { onTestFinished } from "vitest";
import { defaultConfig } from "../../config/presets.ts";
import type { QueueSettings } from "../../config/types.ts";
import { silentLogger } from "../../src/ports.ts";
import type { Acceptance, Accepted, Claimed, ClaimRequest, Run, RunnableDefinition } from "../../src/queue/journal.ts";
import { nameOfState } from "../../src/storage/operation-state.ts";
import { type OpenJournalOptions, openJournal, type SqliteJournal } from "../../src/storage/open-journal.ts";

export const GRAPH = 0;
export const SEARCH = 1;

export interface Row {
  readonly sequence: number;
  readonly state: string;
  readonly priority: number;
  readonly lane: number | null;
  readonly attempts: number;
  readonly interruptions: number;
  readonly incarnation: number;
  readonly [column: string]: unknown;
}

/** A journal on a real file, and a second connection that looks at it from outside. */
export interface TestJournal {
  readonly journal: SqliteJournal;
  readonly directory: string;
  readonly time: { now: number };
  readonly outside: SQLite.Database;
  accept(changes?: Partial<Acceptance>): Promise<Accepted & { readonly number: number }>;
  claim(changes?: Partial<ClaimRequest>): Promise<Claimed>;
  /** The numbers of the claimed rows, run by run. */
  claimNumbers(changes?: Partial<ClaimRequest>): Promise<number[][]>;
  end(run: Run, index?: number): Promise<void>;
  row(sequence: number): Row | undefined;
  /** State by number, of all rows that have not ended. */
  states(): Record<number, string>;
  ended(sequence: number): Record<string, unknown> | undefined;
  /** Closes it as a process that dies does: without a word; then opens it again. */
  crashAndReopen(changes?: Partial<OpenJournalOptions>): Promise<TestJournal>;
  close(): Promise<void>;
}

export const START = 1_700_000_000_000;
export const LIFE_MS = 1_000_000;
export const definitions: readonly RunnableDefinition[] = [
  { name: "first", version: 1, acceptsOlder: false },
  { name: "second", version: 1, acceptsOlder: false },
];

export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "holdfast-journal-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

export const queueSettings = (changes: Partial<QueueSettings> = {}): QueueSettings => ({
  ...defaultConfig.queue,
  minimumFreeDiskBytes: 0,
  ...changes,
});

export function journalOptions(directory: string, changes: Partial<OpenJournalOptions> = {}): OpenJournalOptions {
  return {
    dataDirectory: directory,
    pools: ["graph", "search"],
    definitions,
    queue: queueSettings(),
    storage: defaultConfig.storage,
    now: () => START,
    logger: silentLogger,
    ...changes,
  };
}

export async function openTestJournal(
  changes: Partial<OpenJournalOptions> = {},
  directory = temporaryDirectory(),
  time = { now: START },
): Promise<TestJournal> {
  const journal = await openJournal(journalOptions(directory, { now: () => time.now, ...changes }));
  const outside = new SQLite(join(directory, "journal.db"));
  let open = true;
  const close = async (): Promise<void> => {
    if (!open) return;
    open = false;
    outside.close();
    await journal.shutDown();
  };
  onTestFinished(close);

  const accept: TestJournal["accept"] = async (given = {}) => {
    const sequence = given.sequence ?? journal.takeSequence();
    const accepted = await journal.accept({
      sequence,
      operationId: given.key === undefined ? `op_${sequence}` : `op_${given.key.hash}`,
      pool: journal.opened.pools[GRAPH] as number,
      definition: journal.opened.definitions[0] as number,
      priority: 2,
      lane: null,
      principal: "tester",
      acceptedAt: time.now,
      expiresAt: time.now + LIFE_MS,
      input: "{}",
      wants: "ready",
      ...given,
    });
    return { ...accepted, number: sequence };
  };
  const claim: TestJournal["claim"] = (given = {}) =>
    journal.claim({
      pool: journal.opened.pools[GRAPH] as number,
      runs: 100,
      rows: 1_000,
      bytes: 1_000_000,
      runRows: 64,
      lowestPriority: 9,
      preferred: [],
      ...given,
    });

  return {
    journal,
    directory,
    time,
    outside,
    accept,
    claim,
    async claimNumbers(given) {
      return (await claim(given)).runs.map(({ rows }) => rows.map(({ sequence }) => sequence));
    },
    end(run, index = 0) {
      const sequence = (run.rows[index] as Run["rows"][number]).sequence;
      return journal.end({ sequence, token: run.token, outcome: "completed", endedAt: time.now, replayed: false });
    },
    row(sequence) {
      const row = outside
        .prepare<[number], Record<string, unknown> & { state: number }>("SELECT * FROM operation WHERE sequence = ?")
        .get(sequence);
      return row === undefined ? undefined : ({ ...row, state: nameOfState(row.state) } as unknown as Row);
    },
    states() {
      const rows = outside
        .prepare<[], { sequence: number; state: number }>("SELECT sequence, state FROM operation ORDER BY sequence")
        .all();
      return Object.fromEntries(rows.map(({ sequence, state }) => [sequence, nameOfState(state)]));
    },
    ended(sequence) {
      return outside.prepare<[number], Record<string, unknown>>("SELECT * FROM ended WHERE sequence = ?").get(sequence);
    },
    async crashAndReopen(given = {}) {
      const copy = copyAsAfterACrash(outside, directory);
      await close();
      return openTestJournal({ ...changes, ...given }, copy, time);
    },
    close,
  };
}

/** The database as it is at this moment, without the writer's last words. */
function copyAsAfterACrash(outside: SQLite.Database, directory: string): string {
  const copy = temporaryDirectory();
  outside.exec(`VACUUM INTO '${join(copy, "journal.db")}'`);
  if (!directory.startsWith(tmpdir())) throw new Error("tests write to the temporary directory only");
  return copy;
}

/** The only run of a claim. */
export function onlyRun({ runs }: Claimed): Run {
  if (runs.length !== 1) throw new Error(`expected one run, not ${runs.length}`);
  return runs[0] as Run;
}

export const failure = { code: "unavailable", message: "it did not answer", retryable: true };
