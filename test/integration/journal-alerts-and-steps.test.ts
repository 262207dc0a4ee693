import { describe, expect, onTestFinished, test } from "vitest";
import type { Alert } from "../../src/alerts/alert.ts";
import { openReader } from "../../src/storage/open-reader.ts";
import { listAlerts } from "../../src/storage/reads/list-alerts.ts";
import { findEnd } from "../../src/storage/reads/find-end.ts";
import { operationSteps } from "../../src/storage/reads/operation-steps.ts";
import { lastTransition, readHistory } from "../../src/storage/reads/read-history.ts";
import { failure, onlyRun, openTestJournal, START } from "./journal-fixture.ts";

const alert = (changes: Partial<Alert> = {}): Alert => ({
  id: 1,
  key: "memory",
  severity: "warning",
  subject: "memory",
  what: "memory is at 91 %",
  status: "open",
  openedAt: START,
  lastSeenAt: START,
  occurrences: 1,
  cause: { actor: "sensor", what: "memory is at 91 %", values: { value: 0.91, limit: 0.85 } },
  ...changes,
});

async function opened() {
  const journal = await openTestJournal();
  const { database, close } = openReader({ dataDirectory: journal.directory });
  onTestFinished(close);
  return { ...journal, database };
}

describe("alerts in the journal", () => {
  test("the newest word on an alert is stored, and a new process begins with those that are not resolved", async () => {
    const { journal, crashAndReopen, database } = await opened();
    journal.saveAlert(alert());
    journal.saveAlert(alert({ occurrences: 3, lastSeenAt: START + 5.4 }));
    journal.saveAlert(alert({ id: 2, key: "other" }));
    const resolved = { at: START + 9, by: "anna", reason: "more memory" };
    journal.saveAlert(alert({ id: 2, key: "other", status: "resolved", resolved }));
    await journal.closings(0, 1);
    expect((await listAlerts(database, { status: "resolved", limit: 5 })).rows).toEqual([
      alert({ id: 2, key: "other", status: "resolved", resolved }),
    ]);
    const next = await crashAndReopen();
    expect(next.journal.opened.alerts).toEqual([alert({ occurrences: 3, lastSeenAt: START + 5 })]);
    expect(next.journal.opened.lastAlert).toBe(2);
  });

  test("one that resolves its key and the next of that key ride in one commit, whichever was said first", async () => {
    const { journal, database } = await opened();
    journal.saveAlert(alert());
    await journal.closings(0, 1);
    journal.saveAlert(alert({ id: 2 }));
    journal.saveAlert(alert({ status: "resolved" }));
    await journal.closings(0, 1);
    const { rows } = await listAlerts(database, { limit: 5 });
    expect(rows.map(({ id, status }) => [id, status])).toEqual([
      [2, "open"],
      [1, "resolved"],
    ]);
  });

  test("a second unresolved one under a key is left out, and fails nobody else of its batch", async () => {
    const { journal, database, accept } = await opened();
    journal.saveAlert(alert());
    journal.saveAlert(alert({ id: 2 }));
    expect(await accept()).toMatchObject({ state: "ready" });
    expect((await listAlerts(database, { limit: 5 })).rows.map(({ id }) => id)).toEqual([1]);
  });

  test("alerts and actions of a failed batch are written with the next one", async () => {
    const { accept, journal, outside } = await opened();
    outside.exec(
      "INSERT INTO operation (sequence, state, pool, priority, definition, accepted_at, expires_at, principal, input) VALUES (1, 2, 1, 0, 1, 0, 0, 'planted', '{}')",
    );
    journal.saveAlert(alert());
    const request = { mode: "emergency_mode" };
    const action = { action: "pin", target: "pin", reason: null, outcome: "reason_missing", request };
    journal.recordControlAction({ at: START, principal: "anna", ...action });
    await expect(accept()).rejects.toMatchObject({ code: "storage_failed" });
    await journal.closings(0, 1);
    expect(outside.prepare("SELECT key FROM alert").pluck().all()).toEqual(["memory"]);
    const entry = outside.prepare<[], { principal: string; detail: string }>("SELECT * FROM audit").all();
    expect(entry).toMatchObject([{ at: START, kind: "control", sequence: null, principal: "anna" }]);
    expect(JSON.parse(entry[0]?.detail ?? "")).toEqual(action);
  });
});

describe("what an explanation is joined from", () => {
  test("why a row was not begun, when it was claimed and what happened on the way are kept past its end", async () => {
    const { accept, claim, journal, database, time } = await opened();
    await accept({ because: "policy:graph", lane: 7 });
    await accept({ lane: 7, wants: "running", priority: 3 });
    time.now += 10;
    const [first] = (await claim({ runRows: 1 })).runs;
    await journal.reschedule({ sequence: 1, token: first!.token, dueAt: START + 30, error: failure });
    await journal.finishRun(first!.token);
    time.now += 20;
    const second = onlyRun(await claim({ runRows: 1 }));
    await journal.giveBack({ sequence: 1, token: second.token, interrupted: true, error: failure });
    const third = onlyRun(await claim());
    await journal.end({ sequence: 1, token: third.token, outcome: "completed", endedAt: START + 40, replayed: false });
    await journal.end({ sequence: 2, token: third.token, outcome: "completed", endedAt: START + 41, replayed: false });
    const steps = await operationSteps(database, [1]);
    expect(steps.map(({ at, kind, detail }) => [at, kind, JSON.parse(detail ?? "null")])).toEqual([
      [START + 10, "attempt_failed", { attempt: 1, error: "unavailable", dueAt: START + 30, claimedAt: START + 10 }],
      [START + 30, "returned", { interrupted: true, error: "unavailable", claimedAt: START + 30 }],
    ]);
    expect(await findEnd(database, 1)).toMatchObject({ because: "policy:graph", claimedAt: START + 30, lane: 7 });
    expect(await findEnd(database, 2)).toMatchObject({ because: "lane", priority: 2 });
  });

  test("a row that begins with its acceptance has nothing to explain, and one that ends unclaimed keeps why it waited", async () => {
    const { accept, journal, database } = await opened();
    const { token } = (await accept({ wants: "running" })) as { token: number; number: number };
    await accept({ because: "limit" });
    await journal.end({ sequence: 1, token, outcome: "completed", endedAt: START, replayed: false });
    await journal.cancel({ sequence: 2, principal: "anna", reason: "not wanted" });
    expect(await findEnd(database, 1)).not.toHaveProperty("because");
    expect(await findEnd(database, 1)).not.toHaveProperty("claimedAt");
    expect(await findEnd(database, 2)).toMatchObject({ because: "limit", outcome: "cancelled" });
  });

  test("what a dead process left running says so", async () => {
    const { accept, crashAndReopen, time } = await opened();
    await accept({ wants: "running" });
    time.now += 100;
    const next = await crashAndReopen();
    const { database, close } = openReader({ dataDirectory: next.directory });
    onTestFinished(close);
    expect(await operationSteps(database, [1])).toMatchObject([
      { at: START + 100, kind: "returned", detail: '{"interrupted":true,"error":"process_died"}' },
    ]);
  });
});

describe("history by time", () => {
  test("every row once while rows are added, newest first and oldest first, several in one millisecond", async () => {
    const { journal, database } = await opened();
    let told = 0;
    const tell = async (machine: string): Promise<void> => {
      told += 1;
      // Three share each millisecond.
      const at = START + Math.floor(told / 3);
      journal.recordTransition({ at, machine, from: "a", to: "b", event: `${told}`, cause: "{}" });
      await journal.closings(0, 1);
    };
    for (let n = 0; n < 20; n += 1) await tell(n % 2 === 0 ? "local_queue:graph" : "breaker:graph");
    for (const order of ["newest", "oldest"] as const) {
      const before = told;
      const seen: string[] = [];
      let page = await readHistory(database, { order, limit: 3 });
      for (;;) {
        seen.push(...page.rows.map(({ event }) => event));
        if (page.next === undefined) break;
        if (told < before + 4) await tell("normal");
        page = await readHistory(database, { order, limit: 3, after: page.next });
      }
      const last = order === "newest" ? before : told;
      const all = Array.from({ length: last }, (_, index) => `${index + 1}`);
      expect(seen).toEqual(order === "newest" ? all.toReversed() : all);
    }
  });

  test("of one machine, of one mode, of all modes, within bounds, and the state that a machine had at a time", async () => {
    const { journal, database } = await opened();
    const machines = ["breaker:graph", "local_queue:graph", "normal", "local_queue:search", "trigger:memory", "pin"];
    for (const [index, machine] of machines.entries())
      journal.recordTransition({ at: START + index, machine, from: "a", to: `b${index}`, event: "e", cause: "{}" });
    await journal.closings(0, 1);
    const machinesOf = async (ask: object) =>
      (await readHistory(database, { order: "oldest", limit: 9, ...ask })).rows.map(({ machine }) => machine);
    expect(await machinesOf({})).toEqual(machines);
    expect(await machinesOf({ machine: "breaker:graph" })).toEqual(["breaker:graph"]);
    expect(await machinesOf({ mode: "local_queue" })).toEqual(["local_queue:graph", "local_queue:search"]);
    expect(await machinesOf({ onlyModes: true })).toEqual(["local_queue:graph", "normal", "local_queue:search", "pin"]);
    expect(await machinesOf({ from: START + 2, to: START + 3 })).toEqual(["normal", "local_queue:search"]);
    const place = { at: START + 3, id: Number.MAX_SAFE_INTEGER };
    expect(await lastTransition(database, "normal", place)).toMatchObject({ to: "b2" });
    expect(await lastTransition(database, "normal", { at: START + 1, id: 9 })).toBeUndefined();
  });
});
