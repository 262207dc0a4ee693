import { describe, expect, test } from "vitest";
import { START, LIFE_MS, onlyRun, openTestJournal } from "./journal-fixture.ts";

const hash = (name: string): string => name.padEnd(32, "0");
const key = (name: string, inputHash = "same", until = START + 1_000) => ({
  key: { hash: hash(name), inputHash, until },
});

describe("idempotency keys", () => {
  test("a second acceptance under a key is a duplicate of the first, in one batch and later", async () => {
    const { accept, states } = await openTestJournal();
    const [first, second] = await Promise.all([accept(key("a")), accept(key("a"))]);
    expect(first).toEqual({ state: "ready", number: 1 });
    expect(second).toEqual({ state: "duplicate", sequence: 1, sameInput: true, number: 2 });
    expect(await accept(key("a"))).toMatchObject({ state: "duplicate", sequence: 1, sameInput: true });
    expect(await accept(key("b"))).toMatchObject({ state: "ready" });
    expect(states()).toEqual({ 1: "ready", 4: "ready" });
  });

  test("a duplicate says whether it has the same input", async () => {
    const { accept } = await openTestJournal();
    const [, other] = await Promise.all([accept(key("a")), accept(key("a", "other"))]);
    expect(other).toMatchObject({ state: "duplicate", sameInput: false });
    expect(await accept(key("a", "other"))).toMatchObject({ state: "duplicate", sameInput: false });
    expect(await accept(key("a"))).toMatchObject({ state: "duplicate", sameInput: true });
  });

  test("duplicates leave no trace in lanes, counts and states, whatever stands around them", async () => {
    const { accept, states, journal } = await openTestJournal();
    const answers = await Promise.all([
      accept({ lane: 1 }),
      accept({ ...key("a"), lane: 1 }),
      accept({ ...key("a"), lane: 2, wants: "running" }),
      accept({ lane: 1 }),
      accept({ ...key("b"), wants: "running" }),
      accept({ ...key("b"), wants: "running" }),
    ]);
    expect(answers.map(({ state }) => state)).toEqual([
      "ready",
      "blocked",
      "duplicate",
      "blocked",
      "running",
      "duplicate",
    ]);
    expect(states()).toEqual({ 1: "ready", 2: "blocked", 4: "blocked", 5: "running" });
    expect(journal.counts.get(1)).toMatchObject({ ready: 1, blocked: 2, running: 1 });
  });

  test("the key stands for its operation after the end, until its time is over", async () => {
    const { accept, claim, end, time, ended } = await openTestJournal();
    await accept(key("a"));
    await end(onlyRun(await claim()));
    expect(ended(1)).toMatchObject({ operation_id: `op_${hash("a")}`, keep_until: START + 1_000 + LIFE_MS });
    expect(await accept(key("a"))).toMatchObject({ state: "duplicate", sequence: 1 });
    time.now = START + 1_000;
    expect(await accept(key("a", "other", time.now + 1_000))).toMatchObject({ state: "ready" });
    expect(await accept(key("a", "other"))).toMatchObject({ state: "duplicate", sequence: 3, sameInput: true });
  });

  test("it stands for its operation as long as that has not ended, even when its time is over", async () => {
    const { accept, time } = await openTestJournal();
    await accept(key("a"));
    time.now = START + 5_000;
    expect(await accept(key("a"))).toMatchObject({ state: "duplicate", sequence: 1 });
  });

  test("a claimed row says that it has a key and is named by it", async () => {
    const { accept, claim } = await openTestJournal();
    await accept(key("a"));
    expect(onlyRun(await claim()).rows[0]).toMatchObject({ keyed: true, operationId: `op_${hash("a")}` });
  });

  test("it goes with its operation's end when that is purged, and not before", async () => {
    const { accept, claim, end, outside, journal } = await openTestJournal();
    await Promise.all([accept(key("a")), accept()]);
    for (const run of (await claim()).runs) await end(run);
    await journal.purgeEnded([2]);
    expect(outside.prepare("SELECT count(*) FROM idempotency_key").pluck().get()).toBe(1);
    await journal.purgeEnded([1]);
    expect(outside.prepare("SELECT count(*) FROM idempotency_key").pluck().get()).toBe(0);
    expect(outside.prepare("SELECT count(*) FROM ended").pluck().get()).toBe(0);
  });

  test("a key that was given to a newer operation survives the purge of the older one", async () => {
    const { accept, claim, end, outside, journal, time } = await openTestJournal();
    await accept(key("a"));
    await end(onlyRun(await claim()));
    time.now = START + 1_000;
    await accept(key("a", "same", time.now + 1_000));
    await journal.purgeEnded([1]);
    expect(outside.prepare("SELECT sequence FROM idempotency_key").pluck().all()).toEqual([2]);
  });

  test("hundreds of keys of which a few are known are told apart", async () => {
    const { accept } = await openTestJournal();
    await Promise.all(Array.from({ length: 100 }, (_, index) => accept(key(`k${index}x`))));
    const answers = await Promise.all(Array.from({ length: 300 }, (_, index) => accept(key(`k${index}x`))));
    expect(answers.map(({ state }) => state)).toEqual(
      Array.from({ length: 300 }, (_, index) => (index < 100 ? "duplicate" : "ready")),
    );
  });
});
