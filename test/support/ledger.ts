import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { onTestFinished } from "vitest";

/** A folder for one test, gone when it has finished. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The node label that ledger operations append to: one node per lane, with the numbers in order of their effects. */
export const LEDGER_NODES = { Lane: { key: "id" } } as const;

/** The lists as they are in the embedded graph's file, read through a connection of our own. */
export function readEmbeddedLedger(file: string): Map<string, number[]> {
  if (!existsSync(file)) return new Map();
  const database = new Database(file, { readonly: true });
  try {
    if (database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'node'").get() === undefined) return new Map();
    const rows = database.prepare("SELECT properties FROM node WHERE label = 'Lane'").pluck().all() as string[];
    return new Map(
      rows
        .map((text) => JSON.parse(text) as { id: string; numbers?: number[] })
        .map(({ id, numbers }) => [id, numbers ?? []]),
    );
  } finally {
    database.close();
  }
}

/** The journal's rows by state name, read through a connection of our own. */
export function readJournal(dataDirectory: string): {
  waiting: { sequence: number; state: number; attempts: number; interruptions: number }[];
  ended: { sequence: number; outcome: string; attempts: number }[];
} {
  const database = new Database(join(dataDirectory, "journal.db"), { readonly: true });
  try {
    return {
      waiting: database
        .prepare("SELECT sequence, state, attempts, interruptions FROM operation ORDER BY sequence")
        .all() as never,
      ended: database.prepare("SELECT sequence, outcome, attempts FROM ended ORDER BY sequence").all() as never,
    };
  } finally {
    database.close();
  }
}

/** Waits until something is so, looking often; fails with what it waited for. */
export async function until(what: string, isSo: () => boolean | Promise<boolean>, withinMs = 20_000): Promise<void> {
  const deadlineMs = performance.now() + withinMs;
  while (!(await isSo())) {
    if (performance.now() > deadlineMs) throw new Error(`waited ${withinMs} ms for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
