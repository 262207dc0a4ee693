import { describe, expect, it } from "vitest";
import { readJournal, until } from "../support/ledger.ts";
import { LEDGER_GRAPHS } from "./ledger-graphs.ts";
import { LedgerProcess } from "./ledger-process.ts";

const numbers = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

describe.each(LEDGER_GRAPHS)("SIGKILL of the process on $name", ({ skipped, open }) => {
  const test = it.skipIf(skipped !== undefined);

  test.each([
    ["after acceptance, before anything of it runs", "beforeBegin"],
    ["while it executes, with its transaction open", "executing"],
    ["when the handler has returned, before the commit", "beforeCommit"],
    ["after the graph's commit, before anybody was told", "afterCommit"],
  ] as const)("invariants 1, 2, 3: loses, doubles and reorders nothing when it dies %s", async (_, point) => {
    const ledger = await open();
    const first = await LedgerProcess.start({ ...ledger.settings, holdAt: { point, after: 5 } });
    first.submit("a", numbers(1, 10), 200);
    first.submit("b", numbers(11, 20), 200);
    await first.told("held");
    await until("the others to be acknowledged", () => first.acknowledged.length >= 18);
    await first.kill();

    const second = await LedgerProcess.start(ledger.settings);
    await second.drained();
    const lists = await ledger.lists();
    expect(lists.get("a")).toEqual(numbers(1, 10));
    expect(lists.get("b")).toEqual(numbers(11, 20));
    const { ended, waiting } = readJournal(ledger.dataDirectory);
    expect(waiting).toEqual([]);
    expect(new Set(ended.map(({ sequence }) => sequence)).size).toBe(20);
    expect(ended.every(({ outcome }) => outcome === "completed")).toBe(true);
    // Other operations may have been between their commit and their end as well.
    if (point === "afterCommit") expect((await second.status()).replayed).toBeGreaterThan(0);
  });

  test("invariants 1, 2, 3: loses, doubles and reorders nothing when it dies while it drains, twice", async () => {
    const ledger = await open();
    const first = await LedgerProcess.start({ ...ledger.settings, startsCut: true });
    for (const lane of ["a", "b", "c", "d"])
      first.submit(
        lane,
        numbers(1, 50).map((number) => number + 1_000 * lane.charCodeAt(0)),
      );
    await until("all to be queued", () => first.acknowledged.length === 200);
    await first.kill();
    for (const after of [20, 60]) {
      const draining = await LedgerProcess.start({ ...ledger.settings, holdAt: { point: "afterCommit", after } });
      await draining.told("held");
      await draining.kill();
    }
    const last = await LedgerProcess.start(ledger.settings);
    await last.drained();
    const lists = await ledger.lists();
    for (const lane of ["a", "b", "c", "d"])
      expect(lists.get(lane)).toEqual(numbers(1, 50).map((number) => number + 1_000 * lane.charCodeAt(0)));
  });

  test.each([
    ["before anything of it is sent", "beforeBegin"],
    ["between its statements", "betweenStatements"],
    ["while it executes, with its transaction open", "executing"],
    ["when its handler has returned, before the commit", "beforeCommit"],
    ["after its commit, before any of its ends", "afterCommit"],
  ] as const)(
    "invariants 1, 2, 3: loses, doubles and reorders nothing of a batch when it dies %s",
    async (_, point) => {
      const ledger = await open();
      const batched = { ...ledger.settings, batchItems: 16 };
      const lanes = ["a", "b", "c", "d"];
      const numbersOf = (lane: string) => numbers(1, 20).map((number) => number + 1_000 * lane.charCodeAt(0));
      const first = await LedgerProcess.start({ ...batched, startsCut: true });
      for (const lane of lanes) first.submit(lane, numbersOf(lane));
      await until("all to be queued", () => first.acknowledged.length === 80);
      await first.kill();
      const draining = await LedgerProcess.start({ ...batched, holdAt: { point, after: 1 } });
      await draining.told("held");
      await draining.kill();

      const last = await LedgerProcess.start(batched);
      await last.drained();
      const lists = await ledger.lists();
      for (const lane of lanes) expect(lists.get(lane)).toEqual(numbersOf(lane));
      const { ended, waiting } = readJournal(ledger.dataDirectory);
      expect(waiting).toEqual([]);
      expect(ended.map(({ outcome }) => outcome)).toEqual(ended.map(() => "completed"));
      expect(ended).toHaveLength(80);
      // A whole batch had had its effect, and none of its ends was on disk.
      if (point === "afterCommit") expect((await last.status()).replayed).toBeGreaterThan(1);
    },
  );

  test.each([
    ["", {}],
    [" of its batch", { batchItems: 16 }],
  ])(
    "invariant 1: an operation that kills the process each time becomes a dead letter, and its neighbours%s are executed",
    async (_, batches) => {
      const ledger = await open();
      const settings = { ...ledger.settings, ...batches, deadlyNumber: 13 };
      const first = await LedgerProcess.start({ ...settings, startsCut: true });
      first.submit("a", [1, 2]);
      first.submit("deadly", [13, 14]);
      first.submit("b", [3, 4]);
      await until("all to be queued", () => first.acknowledged.length === 6);
      await first.kill();
      let deaths = 0;
      for (;;) {
        const next = new LedgerProcess(settings);
        await until(
          "it to die, or to have buried the operation",
          async () => next.exited || readJournal(ledger.dataDirectory).waiting.some(({ state }) => state === 7),
        );
        if (!next.exited) {
          await until("the neighbours", () => readJournal(ledger.dataDirectory).ended.length === 4);
          break;
        }
        deaths += 1;
        expect(deaths).toBeLessThanOrEqual(10);
      }
      expect(deaths).toBe(10);
      const lists = await ledger.lists();
      expect([lists.get("a"), lists.get("b"), lists.get("deadly")]).toEqual([[1, 2], [3, 4], undefined]);
      const { waiting } = readJournal(ledger.dataDirectory);
      expect(waiting).toMatchObject([{ state: 7, interruptions: 10, attempts: 0 }, { state: 2 }]);
    },
    180_000,
  );

  test("invariant 7: a break goes on through downtime, and expiries run on", async () => {
    const ledger = await open();
    const config = {
      breaker: { initialBreakMs: 7_000, maximumBreakMs: 7_000, breakJitter: 0, consecutiveFailures: 2 },
    };
    const first = await LedgerProcess.start({ ...ledger.settings, config });
    first.send({ kind: "cut" });
    first.submit("a", [1, 2, 3], 100);
    await until("the breaker to open", () =>
      first.messages.some(
        (message) => message.kind === "transition" && message.machine === "breaker:graph" && message.to === "open",
      ),
    );
    const opened = first.messages.find(
      (message) => message.kind === "transition" && message.machine === "breaker:graph" && message.to === "open",
    ) as { at: number };
    await new Promise((resolve) => setTimeout(resolve, opened.at + 2_000 - Date.now()));
    await first.kill();
    await new Promise((resolve) => setTimeout(resolve, opened.at + 4_000 - Date.now()));
    const second = await LedgerProcess.start({ ...ledger.settings, config });
    await until("the next probe", () =>
      second.messages.some(
        (message) => message.kind === "transition" && message.machine === "breaker:graph" && message.to === "probing",
      ),
    );
    const probed = second.messages.find(
      (message) => message.kind === "transition" && message.machine === "breaker:graph" && message.to === "probing",
    ) as { at: number };
    expect(probed.at - opened.at).toBeGreaterThanOrEqual(6_900);
    expect(probed.at - opened.at).toBeLessThan(10_000);
    await second.drained();
    expect((await ledger.lists()).get("a")).toEqual([1, 2, 3]);
  });
});
