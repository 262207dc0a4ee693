import { describe, expect, test } from "vitest";
import { InvalidValueError } from "../../src/errors.ts";
import { onlyRun, openTestJournal, queueSettings, START } from "./journal-fixture.ts";

const large = JSON.stringify("x".repeat(20_000));

describe("when there is no room", () => {
  test("a full disk refuses acceptances, as retryable, and nothing of them is there", async () => {
    const { accept, states, journal } = await openTestJournal({ maximumDatabaseBytes: 400_000 });
    const answers = await Promise.allSettled(Array.from({ length: 40 }, () => accept({ input: large })));
    expect(answers.every(({ status }) => status === "rejected")).toBe(true);
    await expect(accept({ input: JSON.stringify("x".repeat(500_000)) })).rejects.toMatchObject({
      code: "storage_full",
      retryable: true,
    });
    expect(states()).toEqual({});
    expect(journal.counts.get(1)).toMatchObject({ ready: 0 });
    await accept();
    expect(Object.values(states())).toEqual(["ready"]);
  });

  test("what ended in the same commit still ends: only its acceptances are left out", async () => {
    const { accept, claim, end, states, ended, journal } = await openTestJournal({ maximumDatabaseBytes: 500_000 });
    await Promise.all([accept({ lane: 1 }), accept({ lane: 1 })]);
    const run = onlyRun(await claim({ runRows: 1 }));
    const key = { hash: "k".repeat(32), inputHash: "i", until: START + 1_000 };
    const refused = Promise.allSettled([
      accept({ input: JSON.stringify("x".repeat(600_000)), key }),
      accept({ lane: 1 }),
    ]);
    const [, claimed] = await Promise.all([end(run), claim()]);
    for (const answer of await refused)
      expect(answer).toMatchObject({ status: "rejected", reason: { code: "storage_full" } });
    expect(ended(1)).toMatchObject({ outcome: "completed" });
    expect(onlyRun(claimed).rows).toMatchObject([{ sequence: 2 }]);
    expect(states()).toEqual({ 2: "running" });
    expect(journal.counts.get(1)).toMatchObject({ ready: 0, blocked: 0, running: 1 });
    expect(await accept({ key })).toMatchObject({ state: "ready" });
  });

  test("a disk with less room than is kept free accepts nothing, before anything is sent", async () => {
    const { accept, states, journal } = await openTestJournal({
      queue: queueSettings({ minimumFreeDiskBytes: Number.MAX_SAFE_INTEGER }),
    });
    expect(journal.freeDiskBytes).toBeGreaterThan(0);
    await expect(accept()).rejects.toMatchObject({ code: "storage_full", retryable: true });
    expect(states()).toEqual({});
  });

  test("the limits of waiting rows and bytes hold, also within one tick, and end when there is room again", async () => {
    const rows = await openTestJournal({ queue: queueSettings({ maximumRows: 3 }) });
    const answers = await Promise.allSettled([1, 2, 3, 4, 5].map(() => rows.accept()));
    expect(answers.map(({ status }) => status)).toEqual([
      "fulfilled",
      "fulfilled",
      "fulfilled",
      "rejected",
      "rejected",
    ]);
    await expect(rows.accept()).rejects.toMatchObject({ code: "queue_full", retryable: true });
    const { runs } = await rows.claim();
    for (const run of runs) await rows.end(run);
    await rows.accept();
    const bytes = await openTestJournal({ queue: queueSettings({ maximumBytes: 30_000 }) });
    await Promise.all([bytes.accept({ input: large }), bytes.accept({ input: large })]);
    await expect(bytes.accept()).rejects.toMatchObject({ code: "queue_full" });
    expect(bytes.journal.waitingBytes).toBe(2 * large.length);
  });

  test("commits are bounded in rows and in bytes, and keep the order of acceptance", async () => {
    const { accept, claimNumbers } = await openTestJournal({
      queue: queueSettings({ commitRows: 7, commitBytes: 50_000 }),
    });
    await Promise.all(
      Array.from({ length: 40 }, (_, index) => accept({ lane: 1, input: index % 5 === 0 ? large : "{}" })),
    );
    expect(await claimNumbers({ bytes: 10_000_000 })).toEqual([Array.from({ length: 40 }, (_, index) => index + 1)]);
  });
});

describe("a batch is written as a whole or not at all", () => {
  test("one row that cannot be written fails its batch, and the writer forgets all of it", async () => {
    const { accept, claim, claimNumbers, end, states, journal, outside } = await openTestJournal();
    await Promise.all([accept({ lane: 1 }), accept({ lane: 1 }), accept({ lane: 2, priority: 4 })]);
    const run = onlyRun(await claim({ runs: 1, runRows: 1 }));
    outside.exec(
      "INSERT INTO operation (sequence, state, pool, priority, definition, accepted_at, expires_at, principal, input) VALUES (6, 2, 1, 0, 1, 0, 0, 'planted', '{}')",
    );
    const counts = { ...journal.counts.get(1) };
    const results = await Promise.allSettled([
      end(run),
      accept({ lane: 9, wants: "running" }),
      accept({ lane: 2, priority: 0 }),
      accept({ lane: 3 }),
      claim(),
    ]);
    expect(results.map(({ status }) => status)).toEqual(Array.from({ length: 5 }, () => "rejected"));
    expect(results[0]).toMatchObject({ reason: { code: "storage_failed" } });
    outside.exec("DELETE FROM operation WHERE sequence = 6");
    expect(states()).toEqual({ 1: "running", 2: "blocked", 3: "ready" });
    expect(journal.counts.get(1)).toEqual(counts);
    expect(outside.prepare("SELECT count(*) FROM ended").pluck().get()).toBe(0);
    expect(await accept({ lane: 9, wants: "running" })).toMatchObject({ state: "running" });
    expect(await claimNumbers({ lowestPriority: 0 })).toEqual([]);
    await end(run);
    expect(await claimNumbers()).toEqual([[2], [3]]);
  });

  test("transitions and records of a failed batch are written with the next one", async () => {
    const { accept, journal, outside } = await openTestJournal();
    outside.exec(
      "INSERT INTO operation (sequence, state, pool, priority, definition, accepted_at, expires_at, principal, input) VALUES (1, 2, 1, 0, 1, 0, 0, 'planted', '{}')",
    );
    journal.recordTransition({ at: START, machine: "m", from: "a", to: "b", event: "e", cause: "{}" });
    journal.saveRecord({ id: "m", version: 1, at: START, state: '"b"', context: "{}" });
    await expect(accept()).rejects.toMatchObject({ code: "storage_failed" });
    await journal.closings(0, 1);
    expect(outside.prepare("SELECT machine FROM transition").pluck().all()).toEqual(["m"]);
    expect(outside.prepare("SELECT state FROM machine_record").pluck().all()).toEqual(['"b"']);
  });

  test("values that SQLite would refuse are refused before they are sent, and fail nobody else", async () => {
    const { accept, states } = await openTestJournal();
    const [good, bad] = await Promise.allSettled([accept(), accept({ expiresAt: START + 0.5 })]);
    expect(good.status).toBe("fulfilled");
    expect(bad).toMatchObject({ status: "rejected", reason: { code: "invalid_acceptance", path: "expiresAt" } });
    await expect(accept({ sequence: 1 })).rejects.toBeInstanceOf(InvalidValueError);
    expect(states()).toEqual({ 1: "ready" });
  });

  test("so are requests: what is no whole number is refused or rounded, and fails nobody else", async () => {
    const { accept, claim, journal, ended, outside } = await openTestJournal();
    await accept();
    const run = onlyRun(await claim({ runs: 1.5, rows: 9.9 }));
    await expect(claim({ runs: Number.NaN })).rejects.toMatchObject({ code: "invalid_request", path: "runs" });
    await expect(journal.closings(0, 0.5)).rejects.toMatchObject({ path: "limit" });
    journal.recordTransition({ at: START + 0.7, machine: "m", from: "a", to: "b", event: "e", cause: "not JSON" });
    journal.saveRecord({ id: "m", version: 1, at: START + 0.2, state: '"b"', context: "{}" });
    await journal.end({ sequence: 1, token: run.token, outcome: "completed", endedAt: START + 0.4, replayed: false });
    expect(ended(1)).toMatchObject({ ended_at: START });
    expect(outside.prepare("SELECT at, cause FROM transition").all()).toEqual([{ at: START + 1, cause: '"not JSON"' }]);
  });
});
