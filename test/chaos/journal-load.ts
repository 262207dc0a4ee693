// node journal-load.ts DIRECTORY LEDGER SEED MODE FAULT
//
// The process that is killed: full load on a journal, with every kind of end, and a ledger of what was acknowledged.
// MODE is `load` (until it is killed) or `finish` (accepts nothing, and stops when everything has ended).
// FAULT is planted by wrapping the journal, never in the product: see journal-faults.ts.
import { openSync, writeSync } from "node:fs";
import { join } from "node:path";
import SQLite from "better-sqlite3";
import { defaultConfig } from "../../config/presets.ts";
import { silentLogger } from "../../src/ports.ts";
import type { ClaimedRow, Journal, Run } from "../../src/queue/journal.ts";
import { openJournal } from "../../src/storage/open-journal.ts";
import { type Fault, plantBeforeOpening, withFault } from "./journal-faults.ts";

const [, , directory = "", ledgerPath = "", seed = "1", mode = "load", fault = "none"] = process.argv;
const ledger = openSync(ledgerPath, "a");
const write = (line: string): void => void writeSync(ledger, `${line}\n`);

let state = Number(seed) >>> 0;
const random = (below: number): number => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor((state / 2 ** 32) * below);
};

const CALLERS = 100;
const PERMITS = 64;
const HOT_LANES = 5;
const LANES = 2_000;
const STUCK_AFTER_MS = 5_000;
const LIFE_MS = 3_600_000;
const failure = { code: "unavailable", message: "planted", retryable: true };

plantBeforeOpening(fault as Fault, join(directory, "journal.db"));
const journal: Journal = withFault(
  fault as Fault,
  await openJournal({
    dataDirectory: directory,
    pools: ["graph", "search"],
    definitions: [
      { name: "first", version: 1, acceptsOlder: false },
      { name: "second", version: 1, acceptsOlder: false },
    ],
    queue: { ...defaultConfig.queue, minimumFreeDiskBytes: 0 },
    storage: defaultConfig.storage,
    now: () => Date.now(),
    logger: silentLogger,
    maximumInterruptions: 1_000,
  }),
);
const { epoch } = journal.opened;
const outside = new SQLite(join(directory, "journal.db"), { readonly: true });

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function randomLane(): number | null {
  const choice = random(10);
  if (choice < 3) return null;
  return choice < 7 ? 1 + random(HOT_LANES) : 100 + random(LANES);
}

/** A caller that offers operation after operation; some under keys that were used before. */
async function call(): Promise<void> {
  while (mode === "load") {
    const sequence = journal.takeSequence();
    const acceptedAt = Date.now();
    const hash = random(8) === 0 ? `key-${random(20_000)}`.padEnd(32, "x") : undefined;
    const accepted = await journal.accept({
      sequence,
      operationId: hash === undefined ? `op_${sequence}` : `op_${hash}`,
      pool: 1 + random(2),
      definition: 1 + random(2),
      priority: random(5),
      lane: randomLane(),
      principal: "load",
      acceptedAt,
      expiresAt: acceptedAt + LIFE_MS,
      input: JSON.stringify("x".repeat(random(400))),
      wants: random(5) === 0 ? "running" : "ready",
      ...(hash === undefined ? {} : { key: { hash, inputHash: "same", until: acceptedAt + LIFE_MS } }),
    });
    if (accepted.state === "duplicate") continue;
    write(`A ${sequence} ${hash ?? "-"}`);
    if (accepted.state === "running") {
      const lane =
        outside
          .prepare<[number], { lane: number | null }>("SELECT lane FROM operation WHERE sequence = ?")
          .get(sequence)?.lane ?? null;
      await execute({ token: accepted.token, lane, rows: [{ sequence } as ClaimedRow] });
    }
    if (random(20) === 0) await pause(1);
  }
}

/** Executes a run: its effects are ledger lines, as a database's commits would be. */
async function execute(run: Run): Promise<void> {
  for (const { sequence } of run.rows) {
    const row = { sequence, token: run.token };
    const choice = mode === "finish" ? 1_000 : random(1_000);
    if (mode === "load" && random(8) === 0) await pause(random(6));
    if (choice < 30) await journal.reschedule({ ...row, dueAt: Date.now() + random(30), error: failure });
    else if (choice < 33) await journal.bury({ ...row, error: failure, skip: random(2) === 0 });
    else if (choice < 36) {
      await journal.close({ ...row, becomes: "dead", error: failure });
      void journal.closed({ sequence, found: "fenced", skip: random(2) === 0 });
    } else if (choice < 45) await journal.giveBack({ ...row, interrupted: false });
    else {
      write(`X ${run.lane ?? "-"} ${sequence} ${epoch}`);
      void journal
        .end({ ...row, outcome: "completed", endedAt: Date.now(), replayed: false })
        .then(() => write(`E ${sequence}`));
      continue;
    }
    break;
  }
  await journal.finishRun(run.token);
}

async function dispatch(pool: number): Promise<void> {
  let inFlight = 0;
  for (;;) {
    if (inFlight >= PERMITS || (journal.counts.get(pool)?.ready ?? 0) === 0) {
      await pause(1);
      continue;
    }
    const request = {
      pool,
      runs: PERMITS - inFlight,
      rows: 256,
      bytes: 1_000_000,
      runRows: 1 + random(16),
      lowestPriority: 9,
      preferred: [],
    };
    for (const run of (await journal.claim(request)).runs) {
      inFlight += 1;
      void execute(run).finally(() => {
        inFlight -= 1;
      });
    }
  }
}

/** A person who retries every dead letter, and answers what a dead process has left closing. */
async function retryDeadLetters(): Promise<void> {
  for (;;) {
    for (const { sequence } of await journal.closings(0, 20))
      await journal.closed({ sequence, found: "fenced" }).catch(() => undefined);
    const dead = outside
      .prepare<[], { sequence: number }>("SELECT sequence FROM operation WHERE state = 7 LIMIT 20")
      .all();
    for (const { sequence } of dead)
      await journal.retryDead({ sequence, principal: "anna", reason: "chaos", expiresAt: Date.now() + LIFE_MS });
    await pause(20);
  }
}

function countRows(): number {
  return outside.prepare("SELECT count(*) FROM operation").pluck().get() as number;
}

for (let caller = 0; caller < CALLERS; caller += 1) void call();
void dispatch(1);
void dispatch(2);
void retryDeadLetters();
process.stdout.write("ready\n");

if (mode === "finish") {
  // A planted fault may leave rows that nobody will ever finish.
  for (let left = countRows(), since = Date.now(); left > 0 && Date.now() - since < STUCK_AFTER_MS; ) {
    await pause(20);
    const now = countRows();
    if (now !== left) since = Date.now();
    left = now;
  }
  await pause(100);
  outside.close();
  process.exit(0);
}
