import { expect, test } from "vitest";
import { defaultConfig } from "../../config/presets.ts";
import type { Run } from "../../src/queue/journal.ts";
import { type EndingPoint, endingWriter } from "./ending-writer.ts";
import { LIFE_MS, openTestJournal, START } from "./journal-fixture.ts";

const CALLERS = 64;
const LANES = 7;
const ENDINGS = 20;
/** Commits between one end of the thread and the next. */
const COMMITS = 6;

/** Rows that one lane, or none, has been given, in the order in which they were. */
const given = new Map<number | null, number[]>();

test("64 callers while the thread that writes ends twenty times: every acceptance is executed once, in its lane's order, and ends once", async () => {
  const writer = endingWriter();
  const { journal, outside } = await openTestJournal({
    writerEntry: writer.entry,
    storage: { ...defaultConfig.storage, maximumRestarts: 1_000, initialRestartPauseMs: 0 },
  });
  const points: readonly EndingPoint[] = ["before commit", "after commit"];
  const endSoon = (): void => {
    if (writer.ended < ENDINGS) writer.endAt(points[writer.ended % 2]!, COMMITS);
  };
  journal.onUp(endSoon);
  endSoon();

  const accepted = new Map<number, number | null>();
  const refused: unknown[] = [];
  const unended = new Set<Promise<void>>();

  async function execute(lane: number | null, token: number, sequences: readonly number[]): Promise<void> {
    const ofLane = given.get(lane) ?? [];
    given.set(lane, ofLane);
    await Promise.all(
      sequences.map((sequence) => {
        ofLane.push(sequence);
        return journal.end({ sequence, token, outcome: "completed", endedAt: START, replayed: false });
      }),
    );
  }

  function executed(lane: number | null, token: number, sequences: readonly number[]): void {
    const done = execute(lane, token, sequences).finally(() => unended.delete(done));
    unended.add(done);
  }

  /** Some of what a caller offers may start at once, most of it is claimed. */
  async function call(caller: number): Promise<void> {
    for (let turn = 0; writer.ended < ENDINGS; turn += 1) {
      const lane = (caller + turn) % LANES || null;
      const sequence = journal.takeSequence();
      const acceptance = {
        sequence,
        operationId: `op_${sequence}`,
        pool: 1,
        definition: 1,
        priority: 2,
        lane,
        principal: "load",
        acceptedAt: START,
        expiresAt: START + LIFE_MS,
        input: JSON.stringify({ caller, turn }),
        wants: turn % 4 === 0 ? ("running" as const) : ("ready" as const),
      };
      try {
        const answer = await journal.accept(acceptance);
        accepted.set(sequence, lane);
        if (answer.state === "running") executed(lane, answer.token, [sequence]);
      } catch (error) {
        refused.push(error);
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
  }

  let calling = true;
  async function dispatch(): Promise<void> {
    const left = (): number => {
      const { ready, blocked, running } = journal.counts.get(1)!;
      return ready + blocked + running;
    };
    while (calling || left() > 0) {
      const claimed = await journal.claim({
        pool: 1,
        runs: 16,
        rows: 64,
        bytes: 1_000_000,
        runRows: 4,
        lowestPriority: 9,
        preferred: [],
      });
      for (const { lane, token, rows } of claimed.runs as readonly Run[])
        executed(
          lane,
          token,
          rows.map(({ sequence }) => sequence),
        );
      await Promise.race([...unended, new Promise((resolve) => setImmediate(resolve))]);
    }
  }

  const dispatching = dispatch();
  await Promise.all(Array.from({ length: CALLERS }, (_, caller) => call(caller)));
  calling = false;
  await dispatching;
  await Promise.all(unended);

  expect(writer.ended).toBe(ENDINGS);
  for (const error of refused) expect(error).toMatchObject({ code: "storage_unavailable", retryable: true });
  expect(accepted.size).toBeGreaterThan(CALLERS);
  const numbers = [...accepted.keys()].toSorted((a, b) => a - b);
  const select = (sql: string): unknown[] => outside.prepare(sql).pluck().all();
  expect(select("SELECT count(*) FROM operation")).toEqual([0]);
  expect(select("SELECT sequence FROM ended ORDER BY sequence")).toEqual(numbers);
  expect(select("SELECT sequence FROM audit WHERE kind = 'accepted' ORDER BY sequence")).toEqual(numbers);
  expect(select("SELECT sequence FROM audit WHERE kind = 'ended' ORDER BY sequence")).toEqual(numbers);
  expect(select("SELECT DISTINCT attempts FROM ended")).toEqual([1]);
  expect(select("SELECT ready + scheduled + blocked + running + closing + held + dead + bytes FROM pool")).toEqual([
    0, 0,
  ]);
  expect([...given.values()].flat().toSorted((a, b) => a - b)).toEqual(numbers);
  for (const [lane, sequences] of given)
    if (lane !== null) expect(sequences).toEqual(sequences.toSorted((a, b) => a - b));
  expect(outside.pragma("integrity_check", { simple: true })).toBe("ok");
});
