import { describe, expect, test } from "vitest";
import { definitions, openTestJournal } from "./journal-fixture.ts";

describe("held definitions", () => {
  test("a row of a definition that is not known is held when a claim meets it, and the claim goes on", async () => {
    const { accept, claimNumbers, states, journal } = await openTestJournal();
    const [first, second] = journal.opened.definitions as [number, number];
    await journal.setDefinitions([{ name: "second", version: 1, acceptsOlder: false }]);
    await Promise.all([
      accept({ definition: first }),
      accept({ definition: first, lane: 1 }),
      accept({ definition: second, lane: 1 }),
      accept({ definition: second }),
    ]);
    expect(await claimNumbers({ runs: 1 })).toEqual([[4]]);
    expect(states()).toEqual({ 1: "held", 2: "held", 3: "blocked", 4: "running" });
    expect(journal.counts.get(1)).toMatchObject({ held: 2, ready: 0, blocked: 1, running: 1 });
  });

  test("it returns when the definition is known again", async () => {
    const { accept, claimNumbers, states, journal } = await openTestJournal();
    await journal.setDefinitions([]);
    await accept();
    expect(await claimNumbers()).toEqual([]);
    expect(states()).toEqual({ 1: "held" });
    await journal.setDefinitions(definitions);
    expect(states()).toEqual({ 1: "ready" });
    expect(await claimNumbers()).toEqual([[1]]);
  });

  test("thousands of held rows return in bounded steps, all of them", async () => {
    const { accept, claimNumbers, states, journal } = await openTestJournal();
    await journal.setDefinitions([]);
    await Promise.all(Array.from({ length: 2_000 }, () => accept()));
    while ((journal.counts.get(1)?.ready ?? 0) > 0) await claimNumbers({ runs: 512, rows: 512 });
    expect(journal.counts.get(1)?.held).toBe(2_000);
    await journal.setDefinitions(definitions);
    await expect.poll(() => journal.counts.get(1)?.ready).toBe(2_000);
    expect(new Set(Object.values(states()))).toEqual(new Set(["ready"]));
  });

  test("an older version is executed by a newer one only when that accepts older ones", async () => {
    const first = await openTestJournal();
    await first.accept();
    const without = await first.crashAndReopen({ definitions: [{ name: "first", version: 2, acceptsOlder: false }] });
    expect(without.journal.opened.knownDefinitions).toContainEqual({ id: 1, name: "first", version: 1 });
    expect(await without.claimNumbers()).toEqual([]);
    expect(without.states()).toEqual({ 1: "held" });
    const withIt = await without.crashAndReopen({ definitions: [{ name: "first", version: 2, acceptsOlder: true }] });
    await expect.poll(withIt.states).toEqual({ 1: "ready" });
    expect(await withIt.claimNumbers()).toEqual([[1]]);
  });

  test("a newer version is never executed by an older one", async () => {
    const first = await openTestJournal({ definitions: [{ name: "first", version: 3, acceptsOlder: true }] });
    await first.accept();
    const second = await first.crashAndReopen({ definitions: [{ name: "first", version: 2, acceptsOlder: true }] });
    expect(await second.claimNumbers()).toEqual([]);
    expect(second.states()).toEqual({ 1: "held" });
  });
});
