import { mkdirSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { describe, expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import { type AlertChange, createRuntime, defineOperation, dependency, type Runtime } from "../../src/index.ts";
import { createVirtualClock } from "../../src/testing/index.ts";
import { temporaryFolder, until } from "../support/ledger.ts";

function kitchen() {
  const dataDirectory = join(temporaryFolder(), "data");
  const graph = dependency({ name: "graph", probe: () => {} });
  const broken = defineOperation({
    name: "kitchen.broken",
    version: 1,
    input: z.object({ lane: z.string() }),
    dependsOn: { graph },
    orderingKey: ({ lane }) => lane,
    execute: () => {
      throw new Error("no such fryer");
    },
  });
  const skipped = defineOperation({ ...broken, name: "kitchen.skipped", onDeadLetter: "skip" });
  const start = async (directory = dataDirectory): Promise<Runtime> => {
    const runtime = await createRuntime({ dataDirectory: directory, operations: [broken, skipped] });
    onTestFinished(() => runtime.stop());
    return runtime;
  };
  return { dataDirectory, broken, skipped, start };
}

/** The store as it is at this moment, as a process finds it whose predecessor was killed. */
function afterAKill(dataDirectory: string): string {
  const copy = join(temporaryFolder(), "data");
  mkdirSync(copy);
  const database = new Database(join(dataDirectory, "journal.db"), { readonly: true });
  database.exec(`VACUUM INTO '${join(copy, "journal.db")}'`);
  database.close();
  return copy;
}

const inStore = (dataDirectory: string): { key: string; status: string; occurrences: number }[] => {
  const database = new Database(join(dataDirectory, "journal.db"), { readonly: true });
  try {
    return database.prepare("SELECT key, status, occurrences FROM alert ORDER BY id").all() as never;
  } finally {
    database.close();
  }
};

describe("alerts of a runtime", () => {
  it("call a person for dead letters that park a lane, once per operation, and end when none is left", async () => {
    const { start, broken, skipped, dataDirectory } = kitchen();
    const runtime = await start();
    const told: AlertChange[] = [];
    runtime.on("alert", (change) => told.push(change));
    await runtime.enqueue(skipped, { lane: "s" });
    for (const lane of ["a", "b", "c"]) await runtime.enqueue(broken, { lane });
    await until("four dead letters", async () => (await runtime.deadLetters.list()).rows.length === 4);
    await until("three occurrences", () => runtime.alerts.unresolved[0]?.occurrences === 3);
    expect(runtime.alerts.unresolved).toMatchObject([{ key: "dead_letters:kitchen.broken", severity: "critical" }]);
    for (const { operationId } of (await runtime.deadLetters.list()).rows)
      await runtime.deadLetters.discard(operationId, { reason: "the fryer is gone" });
    await until("the alert to end", () => runtime.alerts.unresolved.length === 0);
    expect(told.map(({ change }) => change)).toEqual(["opened", "repeated", "repeated", "resolved"]);
    await until("its end on disk", () => inStore(dataDirectory)[0]?.status === "resolved");
    expect((await runtime.alerts.list()).rows).toMatchObject([{ status: "resolved", resolved: { by: "runtime" } }]);
  });

  it("survive a kill with who acknowledged them, and go on counting; what was resolved stays so", async () => {
    const { start, broken, dataDirectory } = kitchen();
    const runtime = await start();
    for (const lane of ["a", "b"]) await runtime.enqueue(broken, { lane });
    await until("two occurrences", () => runtime.alerts.unresolved[0]?.occurrences === 2);
    const id = runtime.alerts.unresolved[0]!.id;
    const anna = { id: "anna", permissions: "*" } as const;
    const answers = [
      runtime.alerts.acknowledge(id, { reason: "looking", principal: anna }),
      runtime.alerts.acknowledge(id, { reason: "me too" }),
    ];
    expect(answers.map(({ status }) => status)).toEqual(["acknowledged", "already"]);
    await until("it to be on disk", () => inStore(dataDirectory)[0]?.status === "acknowledged");

    const copy = afterAKill(dataDirectory);
    const next = await start(copy);
    expect(next.alerts.unresolved).toMatchObject([
      { id, status: "acknowledged", occurrences: 2, acknowledged: { by: "anna", reason: "looking" } },
    ]);
    await next.enqueue(broken, { lane: "d" });
    await until("the third", () => next.alerts.unresolved[0]?.occurrences === 3);
    expect(next.alerts.resolve(id, { reason: "known" })).toMatchObject({ status: "resolved" });
    await until("its end on disk", () => inStore(copy)[0]?.status === "resolved");
    const last = await start(afterAKill(copy));
    expect(last.alerts.unresolved).toEqual([]);
    await last.enqueue(broken, { lane: "e" });
    await until("a new one", () => last.alerts.unresolved.length === 1);
    expect(last.alerts.unresolved[0]).toMatchObject({ id: id + 1, occurrences: 1 });
  });

  it("follow what the sensors measure: opened at the limit, kept while it cannot be measured, resolved when it is well", async () => {
    const { dataDirectory } = kitchen();
    let usage: number | null = 0.95;
    const clock = createVirtualClock();
    const runtime = await createRuntime({ dataDirectory, operations: [], sensors: { memory: () => usage }, clock });
    onTestFinished(() => runtime.stop());
    const told: AlertChange[] = [];
    runtime.on("alert", (change) => told.push(change));
    const changes = () => told.map(({ change, alert }) => `${alert.key} ${change}`);
    const measuredAgain = async (): Promise<void> => {
      const before = runtime.measurements()?.at;
      await clock.advance(1_000);
      await until("a reading", () => runtime.measurements()?.at !== before);
    };
    for (const _ of [1, 2, 3]) await measuredAgain();
    usage = null;
    for (const _ of [1, 2, 3, 4]) await measuredAgain();
    expect(changes()).toEqual(["threshold:memory opened"]);
    expect(told[0]!.alert).toMatchObject({ what: "memory is at 95 % (limit 85 %)", severity: "warning" });
    usage = 0.5;
    for (const _ of [1, 2, 3]) await measuredAgain();
    expect(changes()).toEqual(["threshold:memory opened", "threshold:memory resolved"]);
  });

  it("that are over when the next process starts are resolved by it", async () => {
    const { start, broken, dataDirectory } = kitchen();
    const runtime = await start();
    await runtime.enqueue(broken, { lane: "a" });
    await until("the alert", () => inStore(dataDirectory).length === 1);
    const copy = afterAKill(dataDirectory);
    const database = new Database(join(copy, "journal.db"));
    database.exec("DELETE FROM operation; UPDATE pool SET dead = 0, bytes = 0");
    database.close();
    const next = await start(copy);
    expect(next.alerts.unresolved).toEqual([]);
  });

  it("and what persons did to them, refused attempts too, are entries of the audit log", async () => {
    const { start, broken, dataDirectory } = kitchen();
    const runtime = await start();
    await runtime.enqueue(broken, { lane: "a" });
    await until("the alert", () => runtime.alerts.unresolved.length === 1);
    const id = runtime.alerts.unresolved[0]!.id;
    expect(() => runtime.alerts.resolve(id, { reason: "" })).toThrow("Say why");
    runtime.alerts.resolve(id, { reason: "known" });
    await runtime.stop();
    const database = new Database(join(dataDirectory, "journal.db"), { readonly: true });
    const rows = database.prepare("SELECT principal, detail FROM audit WHERE kind = 'control' ORDER BY id").all();
    database.close();
    expect(rows.map((row) => (row as { detail: string }).detail).map((text) => JSON.parse(text))).toMatchObject([
      { action: "resolve_alert", target: `alert:${id}`, outcome: "reason_missing" },
      { action: "resolve_alert", target: `alert:${id}`, outcome: "resolved", reason: "known" },
    ]);
    expect(rows).toMatchObject([{ principal: "service" }, { principal: "service" }]);
  });
});
