import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import { createRuntime, defineOperation, dependency, type ModeChange, type Runtime } from "../../src/index.ts";
import { ModeHistory } from "../../src/degradation/mode-history.ts";
import { openReader } from "../../src/storage/open-reader.ts";
import { createVirtualClock } from "../../src/testing/index.ts";
import { openTestJournal, START } from "./journal-fixture.ts";
import { lose, runtimeOver, search } from "./search-fixture.ts";
import { temporaryFolder, until } from "../support/ledger.ts";

const told = ({ mode, dependency: about, from, to, fromStep, toStep, trigger }: ModeChange): string =>
  `${mode}${about === undefined ? "" : `:${about}`} ${fromStep} -> ${toStep}: ${from} -> ${to} (${trigger})`;

/** The store has what the control plane has told. */
const onDisk = (runtime: Runtime, changes: number) =>
  until("the history on disk", async () => (await runtime.history()).rows.length >= changes);

describe("the history of modes", () => {
  it("tells each change with its trigger, the gravest mode before and after, and an id that can be explained", async () => {
    const one = search();
    const { runtime, clock } = await runtimeOver([one]);
    await lose(runtime, one);
    await clock.advance(10_001);
    await until("normal", () => runtime.status().control.policy.modes[0]?.mode === "normal");
    await onDisk(runtime, 5);
    const { rows } = await runtime.history({ order: "oldest" });
    expect(rows.map(told)).toEqual([
      "local_queue:search dormant -> queueing: normal -> local_queue (circuit_breaker_open)",
      "normal in_force -> yielded: local_queue -> local_queue (circuit_breaker_open)",
      expect.stringMatching(/^local_queue:search queueing -> draining: local_queue -> local_queue/),
      expect.stringMatching(/^local_queue:search draining -> dormant: local_queue -> normal/),
      expect.stringMatching(/^normal yielded -> in_force: normal -> normal/),
    ]);
    expect(rows[0]!.cause).toMatchObject({ what: expect.stringMatching(/2 failures in a row \(limit 2\)/) });
    const explained = await runtime.explain(rows[0]!.eventId);
    expect(explained?.title).toBe("local_queue:search went from dormant to queueing");
    expect((await runtime.history()).rows.map(({ eventId }) => eventId)).toEqual(
      rows.map(({ eventId }) => eventId).toReversed(),
    );
  });

  it("comes in pages without gap or double while modes change, filtered by mode and time as well", async () => {
    const { journal, directory } = await openTestJournal();
    const { database, close } = openReader({ dataDirectory: directory });
    onTestFinished(close);
    const history = new ModeHistory(database, () => [
      "normal",
      "local_queue:a",
      "local_queue:b",
      "emergency_mode",
      "pin",
    ]);
    const cause = JSON.stringify({ actor: "trigger:queue_overflow", what: "102 wait", values: { value: 102 } });
    let at = START;
    const change = async (machine: string, from: string, to: string, why = cause): Promise<void> => {
      at += 10;
      journal.recordTransition({ at, machine, from, to, event: "e", cause: why });
      journal.recordTransition({ at, machine: "breaker:a", from: "x", to: "y", event: "e", cause });
      await journal.closings(0, 1);
    };
    await change("local_queue:a", "dormant", "queueing");
    await change("emergency_mode", "dormant", "in_force");
    await change("local_queue:b", "dormant", "queueing");
    await change("emergency_mode", "stepping_down", "dormant");
    const pinned = { actor: "person:anna", what: "a pin", values: { mode: "memory_constrained" } };
    await change("pin", "free", "held", JSON.stringify(pinned));
    await change("local_queue:a", "queueing", "dormant");
    await change("pin", "held", "free");
    const seen: ModeChange[] = [];
    let page = await history.page({ limit: 2 });
    for (;;) {
      seen.push(...page.rows);
      if (page.next === undefined) break;
      await change("normal", "in_force", "yielded");
      page = await history.page({ limit: 2, after: page.next });
    }
    expect(seen.map(({ from, to, trigger }) => `${from} -> ${to} ${trigger}`)).toEqual([
      "memory_constrained -> local_queue queue_overflow",
      "memory_constrained -> memory_constrained queue_overflow",
      "local_queue -> memory_constrained manual_override",
      "emergency_mode -> local_queue queue_overflow",
      "emergency_mode -> emergency_mode queue_overflow",
      "local_queue -> emergency_mode queue_overflow",
      "normal -> local_queue queue_overflow",
    ]);
    const ofMode = await history.page({ mode: "emergency_mode", order: "oldest" });
    expect(ofMode.rows.map(({ from, to }) => `${from} -> ${to}`)).toEqual([
      "local_queue -> emergency_mode",
      "emergency_mode -> local_queue",
    ]);
    expect((await history.page({ from: START + 20, to: START + 30 })).rows.map(({ at: when }) => when - START)).toEqual(
      [30, 20],
    );
    await expect(history.page({ after: "nonsense!" })).rejects.toMatchObject({ code: "invalid_cursor" });
    await expect(history.page({ mode: "turbo" as never })).rejects.toMatchObject({ code: "unknown_mode" });
  });
});

describe("the metrics of degradation", () => {
  it("measure time in each mode, events, what was processed meanwhile, and go on after a restart", async () => {
    const one = search();
    const two = dependency({ name: "two", probe: () => {} });
    const work = defineOperation({
      name: "work",
      version: 1,
      input: z.object({}),
      dependsOn: { two },
      execute: () => {},
    });
    const clock = createVirtualClock();
    const dataDirectory = join(temporaryFolder(), "data");
    const start = async () => {
      const runtime = await createRuntime({
        dataDirectory,
        operations: [work],
        dependencies: [one.dependency],
        config: { breaker: { consecutiveFailures: 2, initialBreakMs: 10_000, breakFactor: 1, breakJitter: 0 } },
        clock,
      });
      onTestFinished(() => runtime.stop());
      return runtime;
    };
    const runtime = await start();
    await clock.advance(5_000);
    expect(await runtime.submit(work, {})).toMatchObject({ status: "completed" });
    await lose(runtime, one);
    for (const _ of [1, 2, 3]) expect(await runtime.submit(work, {})).toMatchObject({ status: "completed" });
    await clock.advance(3_000);
    await onDisk(runtime, 2);
    const metrics = await runtime.degradationMetrics();
    expect(metrics).toMatchObject({
      currentMode: "local_queue",
      timeInCurrentModeMs: 3_000,
      degradationEvents: 1,
      degradationEventsIn24h: 1,
      operationsProcessedWhileDegraded: 3,
      operationsQueued: 0,
      isQueueProcessing: true,
      isAutoRecoveryOn: true,
      nextHealthCheckAt: clock.now() + 7_000,
    });
    expect(metrics.timeInModeMs).toMatchObject({ normal: 5_000, local_queue: 3_000, emergency_mode: 0 });
    one.probe = () => Promise.reject(new Error("still down"));
    await runtime.stop();

    const next = await start();
    await clock.advance(1_000);
    const later = await next.degradationMetrics();
    expect(later).toMatchObject({
      currentMode: "local_queue",
      degradationEvents: 1,
      operationsProcessedWhileDegraded: 3,
    });
    expect(later.timeInModeMs.local_queue).toBeGreaterThanOrEqual(4_000);
    await clock.advance(25 * 3_600_000);
    expect(await next.degradationMetrics()).toMatchObject({ degradationEvents: 1, degradationEventsIn24h: 0 });
  });
});
