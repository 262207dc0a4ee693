import { describe, expect, test } from "vitest";
import type { Run } from "../../src/queue/journal.ts";
import { failure, LIFE_MS, openTestJournal, START, type TestJournal } from "./journal-fixture.ts";
import { findBrokenRules, readRows } from "./journal-invariants.ts";

const STEPS = 120;
const LANES = 6;
/** HOLDFAST_WALKS=200 walks longer than a test run has time for. */
const WALKS = Number(process.env["HOLDFAST_WALKS"] ?? 8);

/** A small generator with a seed, so that a walk that fails can be walked again. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Walks through the journal's life at random, in batches, with crashes and failing batches, and keeps its own book. */
class Walk {
  readonly #random: (below: number) => number;
  #test: TestJournal;
  #runs: Run[] = [];
  /** Runs whose rows are dealt with, and which have not been finished yet. */
  #unfinished: Run[] = [];
  readonly #carried = new Map<number, number>();
  /** What came into each lane in this step alone. */
  readonly #arrived = new Map<number, number>();
  readonly accepted = new Set<number>();
  /** Completed numbers of each lane, in the order of their ends. */
  readonly completed = new Map<number, number[]>();

  constructor(seed: number, journal: TestJournal) {
    this.#random = randomFrom(seed);
    this.#test = journal;
  }

  async step(): Promise<void> {
    this.#test.time.now += this.#random(30);
    this.#arrived.clear();
    const before = this.#test.journal.takeSequence();
    const finished = this.#random(3) === 0 ? this.#unfinished.splice(0) : [];
    await Promise.all(finished.map(({ token }) => this.#test.journal.finishRun(token)));
    const requests = Array.from({ length: 1 + this.#random(6) }, () => this.#request());
    await Promise.all(requests);
    if (this.#random(25) === 0) await this.#failingBatch();
    if (this.#random(15) === 0) await this.#crash();
    this.#forgetEmptied(before);
  }

  /** Ends come before acceptances in a batch, so a lane may have been empty in the middle of this step. */
  #forgetEmptied(before: number): void {
    const lanes = Map.groupBy(readRows(this.#test.outside), ({ lane }) => lane);
    for (const lane of this.#carried.keys()) {
      const rows = lanes.get(lane);
      const arrived = this.#arrived.get(lane);
      if (rows === undefined) this.#carried.delete(lane);
      else if (arrived !== undefined && (rows[0]?.sequence ?? 0) > before && rows.at(-1)?.priority === arrived)
        this.#carried.set(lane, arrived);
    }
  }

  #enter(lane: number, priority: number): void {
    this.#carried.set(lane, Math.min(priority, this.#carried.get(lane) ?? priority));
    this.#arrived.set(lane, Math.min(priority, this.#arrived.get(lane) ?? priority));
  }

  brokenRules(): string[] {
    const underWay = new Set([...this.#runs, ...this.#unfinished].flatMap(({ lane }) => (lane === null ? [] : [lane])));
    return findBrokenRules(this.#test.outside, this.#test.journal.counts, underWay, this.#carried);
  }

  lost(): number[] {
    const known = new Set<number>([
      ...readRows(this.#test.outside).map(({ sequence }) => sequence),
      ...(this.#test.outside
        .prepare("SELECT sequence FROM ended UNION SELECT first_sequence FROM moved")
        .pluck()
        .all() as number[]),
    ]);
    return [...this.accepted].filter((sequence) => !known.has(sequence));
  }

  async #request(): Promise<void> {
    const { journal, claim } = this.#test;
    const choice = this.#random(20);
    if (choice < 8) await this.#accept();
    else if (choice < 11) {
      const claimed = await claim({
        runs: 1 + this.#random(4),
        runRows: 1 + this.#random(4),
        pool: 1 + this.#random(2),
      });
      this.#runs.push(...claimed.runs);
    } else if (choice < 16) await this.#acknowledge();
    else if (choice === 16) {
      for (const { sequence } of await journal.closings(0, 2))
        await journal
          .closed({ sequence, found: this.#random(2) === 0 ? "fenced" : "applied", skip: this.#random(2) === 0 })
          .catch(() => undefined);
    } else {
      const rows = readRows(this.#test.outside);
      const row = rows[this.#random(rows.length)];
      if (row === undefined) return;
      const request = { sequence: row.sequence, principal: "anna", reason: "a walk" };
      if (choice === 17) await journal.cancel(request);
      else if (choice === 18) await this.#retry(request, row.priority);
      else await journal.discardDead(request);
    }
  }

  async #accept(): Promise<void> {
    const { accept, journal, time } = this.#test;
    // Now and then far ahead, so that lanes reach over several segments of their index.
    const sequence = journal.takeSequence() + (this.#random(5) === 0 ? this.#random(12_000) : 0);
    const lane = this.#random(4) === 0 ? null : 1 + this.#random(LANES);
    const priority = this.#random(5);
    if (lane !== null) this.#enter(lane, priority);
    const wants = this.#random(3) === 0 ? "running" : "ready";
    const expiresAt = time.now + (this.#random(8) === 0 ? 40 : LIFE_MS);
    const answer = await accept({
      sequence,
      lane,
      priority,
      wants,
      expiresAt,
      pool: 1 + this.#random(2),
      input: JSON.stringify("é".repeat(this.#random(9))),
    });
    this.accepted.add(answer.number);
    if (answer.state !== "running") return;
    const row = { sequence: answer.number } as Run["rows"][number];
    this.#runs.push({ token: answer.token, lane, rows: [row] });
  }

  /** Executes a run in some way to its end. */
  async #acknowledge(): Promise<void> {
    const run = this.#runs.splice(this.#random(this.#runs.length), 1)[0];
    if (run === undefined) return;
    const { journal, time } = this.#test;
    const { token } = run;
    const acknowledged: Promise<void>[] = [];
    for (const { sequence } of run.rows) {
      const row = { sequence, token };
      const choice = this.#random(12);
      if (choice < 7) {
        if (run.lane !== null) this.completed.set(run.lane, [...(this.completed.get(run.lane) ?? []), sequence]);
        acknowledged.push(journal.end({ ...row, outcome: "completed", endedAt: time.now, replayed: false }));
        continue;
      }
      if (choice === 7)
        acknowledged.push(journal.reschedule({ ...row, dueAt: time.now + this.#random(60), error: failure }));
      if (choice === 8) acknowledged.push(journal.giveBack({ ...row, interrupted: this.#random(2) === 0 }));
      if (choice === 9)
        acknowledged.push(
          journal.close({ ...row, becomes: this.#random(2) === 0 ? "dead" : "expired", error: failure }),
        );
      if (choice === 10) acknowledged.push(journal.bury({ ...row, error: failure, skip: this.#random(2) === 0 }));
      break;
    }
    // Finished in the same commit, or some time later: a process may die between.
    if (this.#random(3) === 0) this.#unfinished.push(run);
    else acknowledged.push(journal.finishRun(token));
    await Promise.all(acknowledged);
  }

  async #retry(request: { sequence: number; principal: string; reason: string }, priority: number): Promise<void> {
    const { outside, journal, time } = this.#test;
    const letter = outside
      .prepare<[number], { lane: number | null }>(
        "SELECT skipped_lane AS lane FROM operation WHERE sequence = ? AND state = 7",
      )
      .get(request.sequence);
    const lane = letter?.lane ?? null;
    const retried = await journal.retryDead({ ...request, expiresAt: time.now + LIFE_MS });
    if (retried.state === "retried" && lane !== null) this.#enter(lane, priority);
  }

  /** A row that is in the way makes a whole batch fail: nothing of it may remain, on disk or in memory. */
  async #failingBatch(): Promise<void> {
    const { outside, journal, accept, claim } = this.#test;
    const before = journal.takeSequence();
    const inTheWay = before + 2;
    outside
      .prepare(
        "INSERT INTO operation (sequence, state, pool, priority, definition, accepted_at, expires_at, principal, input) VALUES (?, 2, 1, 0, 1, 0, ?, 'planted', '{}')",
      )
      .run(inTheWay, START * 2);
    const run = this.#runs[0];
    const results = await Promise.allSettled([
      accept({ lane: 1 + this.#random(LANES), priority: 0, wants: "running" }),
      accept({ lane: 1 + this.#random(LANES), priority: 0 }),
      claim({ pool: 1 }),
      ...(run === undefined ? [] : [this.#test.end(run), journal.finishRun(run.token)]),
    ]);
    outside.prepare("DELETE FROM operation WHERE sequence = ?").run(inTheWay);
    if (results.some(({ status }) => status === "fulfilled")) throw new Error("a part of a failing batch was answered");
  }

  async #crash(): Promise<void> {
    this.#test = await this.#test.crashAndReopen();
    this.#runs = [];
    this.#unfinished = [];
  }
}

describe("a random walk through the journal's life", () => {
  test.each(Array.from({ length: WALKS }, (_, index) => index + 1))(
    "keeps every rule after every commit (seed %i)",
    async (seed) => {
      const walk = new Walk(seed, await openTestJournal({ maximumInterruptions: 4 }));
      for (let step = 0; step < STEPS; step += 1) {
        await walk.step();
        expect(walk.brokenRules(), `step ${step} of seed ${seed}`).toEqual([]);
      }
      expect(walk.lost()).toEqual([]);
      for (const numbers of walk.completed.values()) expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    },
  );
});
