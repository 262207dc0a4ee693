import { describe, expect, test } from "vitest";
import { MODES, PRIORITIES, type Priority } from "../../src/index.ts";
import { answersOf, behaviourOf } from "../support/behaviour.ts";
import { type SensedService, sensedService } from "../support/sensed-service.ts";

/*
 * What the seed's own tests asked of its graceful degradation, one by one and in their order. They looked at labels;
 * these look at what handlers saw, what the graph and the journal hold, and what callers were answered.
 */

const ALL_RUN = { critical: "runs", high: "runs", normal: "runs", low: "runs", deferred: "runs" } as const;
const HALF_AN_HOUR = 30 * 60_000;

const waiting = (service: SensedService) => service.journal().waiting.length;
const isNormal = (service: SensedService) => service.settles("normal", () => service.modes().join() === "normal");

/** Accepts one write per number, all of them in one lane, and answers with their statuses. */
const enqueue = async (
  service: SensedService,
  lane: string,
  numbers: readonly number[],
  priority: Priority = "normal",
) => {
  const outcomes = [];
  for (const number of numbers)
    outcomes.push(await service.runtime.enqueue(service.write, { lane, number }, { priority }));
  return outcomes;
};

const upTo = (last: number, first = 1): number[] =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

describe("graceful degradation, as the seed asked for it", () => {
  test("set-up: everything runs, every trigger hears its sensor, and monitoring stops and starts", async () => {
    const service = await sensedService();
    expect(await answersOf(service)).toEqual(ALL_RUN);
    await service.clock.advance(2_000);
    const { triggers, policy, actors } = service.runtime.status().control;
    expect(triggers.map(({ trigger, state }) => `${trigger} ${state}`).toSorted()).toEqual(
      [...Object.keys(service.reads), "connection_failures:search"].map((trigger) => `${trigger} clear`).toSorted(),
    );
    expect(Object.keys(service.reads)).toHaveLength(7);
    expect(policy.modes.map(({ mode }) => mode)).toEqual(["normal"]);
    for (const mode of MODES)
      expect(actors, mode).toContainEqual(
        expect.objectContaining({ id: mode === "local_queue" ? "local_queue:graph" : mode, falls: 0 }),
      );

    service.runtime.stopMonitoring();
    service.reads.memory_exhaustion = 0;
    await service.clock.advance(10_000);
    expect(service.reads.memory_exhaustion).toBe(0);
    service.runtime.startMonitoring();
    await service.clock.advance(10_000);
    expect(service.reads.memory_exhaustion).toBeGreaterThanOrEqual(9);
  });

  test("mode detection and switching: each mode is found, left for a graver and for a milder one, and not overwritten while a person forces one", async () => {
    const service = await sensedService();
    const { degradation } = service.runtime;
    const seen: string[] = [];
    const look = async () => {
      const { normal, low } = await answersOf(service);
      seen.push(`${service.modes()[0]}: normal ${normal}, low ${low}`);
    };
    await service.raise("event_loop_overload");
    await look();
    await service.raise("high_error_rate");
    await look();
    await service.raise("memory_exhaustion");
    await look();
    // Down again, one condition after the other: the seed knew no way from a grave mode to a milder one.
    await service.clear("memory_exhaustion");
    for (const _ of [1, 2, 3]) await service.nextStep();
    await look();
    await service.clear("high_error_rate");
    for (const _ of [1, 2]) await service.nextStep();
    await look();
    await service.clear("event_loop_overload");
    for (const _ of [1, 2]) await service.nextStep();
    await look();
    expect(seen).toEqual([
      "reduced_performance: normal runs, low runs",
      "selective_processing: normal waits, low waits",
      "emergency_mode: normal waits, low refused",
      "selective_processing: normal waits, low waits",
      "reduced_performance: normal runs, low runs",
      "normal: normal runs, low runs",
    ]);

    degradation.pin("emergency_mode", { reason: "a rehearsal", forMs: HALF_AN_HOUR });
    // Many looks at sensors that all say that nothing is wrong.
    await service.clock.advance(HALF_AN_HOUR / 2);
    expect((await answersOf(service)).low).toBe("refused");
    degradation.release({ reason: "rehearsed" });
    expect((await answersOf(service)).low).toBe("runs");
  });

  test("local queue: what needs the lost graph waits on disk through a restart, in order, under ids of its own, and has its effect once", async () => {
    const service = await sensedService();
    await service.lose();
    const outcomes = [
      ...(await enqueue(service, "fryer", upTo(60))),
      ...(await enqueue(service, "grill", upTo(160, 101), "high")),
    ];
    expect(new Set(outcomes.map((outcome) => outcome.status === "queued" && outcome.operationId)).size).toBe(120);
    expect(outcomes.every((outcome) => outcome.status === "queued" && outcome.because === "policy")).toBe(true);
    expect(service.seen.begun).toEqual([]);
    expect(waiting(service)).toBe(120);

    await service.restart();
    expect(service.seen.begun).toEqual([]);
    expect(waiting(service)).toBe(120);
    await service.find();
    await service.caughtUp();
    expect(Object.fromEntries(service.lanes())).toEqual({ fryer: upTo(60), grill: upTo(160, 101) });
    expect(service.seen.begun).toHaveLength(120);
    await isNormal(service);
    expect(await answersOf(service)).toEqual(ALL_RUN);
  });

  test("memory-constrained: one by one, half as many at once, and the service is asked for its memory back", async () => {
    const service = await sensedService({ incident: { reliefSettleMs: 1_000 } });
    const { runtime } = service;
    let asked = 0;
    runtime.onMemoryPressure(() => {
      asked += 1;
      // What it gives back is seen by the next reading.
      service.set("memory_exhaustion", 0.3);
    });
    expect(await behaviourOf(service)).toMatchObject({ peak: 8, batches: "many at once" });
    await service.raise("memory_exhaustion");
    await service.settles("the callback", () => asked === 1);
    expect(await behaviourOf(service)).toMatchObject({
      answers: { ...ALL_RUN, low: "waits", deferred: "waits" },
      peak: 4,
      batches: "one by one",
    });
    const incident = () =>
      runtime.status().control.incidents.find(({ condition }) => condition === "memory_exhaustion");
    await service.passesUntil("the condition to be gone", () => incident()?.state === "cooling_down");
    expect(incident()?.remedies).toMatchObject([{ remedy: "relieve_memory", result: "helped" }]);
    for (const _ of [1, 2]) await service.nextStep();
    await service.caughtUp();
    expect(await behaviourOf(service)).toMatchObject({ answers: ALL_RUN, peak: 8, batches: "many at once" });
    expect(asked).toBe(1);
  });

  test("memory-constrained: a callback that gives nothing back is a remedy that failed, and the mode stays", async () => {
    const service = await sensedService({ incident: { reliefSettleMs: 1_000 } });
    const { runtime } = service;
    let asked = 0;
    runtime.onMemoryPressure(() => void (asked += 1));
    await service.raise("memory_exhaustion");
    const incident = () =>
      runtime.status().control.incidents.find(({ condition }) => condition === "memory_exhaustion");
    await service.passesUntil("the second relief to have failed", () => incident()?.state === "paged");
    expect(incident()?.remedies.map(({ result }) => result)).toEqual(["failed", "failed"]);
    expect(asked).toBe(2);
    expect((await answersOf(service)).low).toBe("waits");
  });

  test("selective processing: by priority, and readmitted priority by priority", async () => {
    const service = await sensedService();
    await service.raise("high_error_rate");
    // The least urgent first, so that the order of acceptance and that of execution differ.
    for (const [rank, priority] of [...PRIORITIES.entries()].toReversed())
      await enqueue(service, `lane of ${priority}`, upTo(rank * 10 + 3, rank * 10 + 1), priority);
    const executed = () => [...service.lanes().keys()].map((lane) => lane.replace("lane of ", "")).toSorted();
    await service.settles("what is urgent", () => executed().length === 2 && waiting(service) === 9);
    expect(executed()).toEqual(["critical", "high"]);
    expect(service.seen.begun.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 11, 12, 13]);

    await service.clear("high_error_rate");
    const readmitted: string[][] = [];
    for (const left of [6, 3, 0]) {
      await service.settles(`all but ${left} of what waits`, () => waiting(service) === left);
      readmitted.push(executed());
      await service.nextStep();
    }
    expect(readmitted).toEqual([
      ["critical", "high", "normal"],
      ["critical", "high", "low", "normal"],
      ["critical", "deferred", "high", "low", "normal"],
    ]);
    expect(service.seen.begun.slice(6)).toEqual([21, 22, 23, 31, 32, 33, 41, 42, 43]);
  });

  test("automatic switching and recovery: after the dwell and not before, back step by step, and no mode is left over", async () => {
    const service = await sensedService();
    // Ill for less than the dwell: nothing happens.
    service.set("memory_exhaustion", 0.99);
    await service.clock.advance(1_500);
    service.set("memory_exhaustion", undefined);
    await service.clock.advance(10_000);
    expect(await answersOf(service)).toEqual(ALL_RUN);
    expect((await service.runtime.history()).rows).toEqual([]);

    const steps: string[] = [];
    const look = async () => {
      const { low, deferred } = await answersOf(service);
      const limit = service.runtime.status().dependencies.find(({ name }) => name === "graph")?.limit;
      steps.push(`${limit} at once, low ${low}, deferred ${deferred}`);
    };
    await service.raise("memory_exhaustion");
    await look();
    await service.clear("memory_exhaustion");
    await look();
    await service.nextStep();
    await look();
    await service.nextStep();
    await look();
    expect(steps).toEqual([
      "4 at once, low waits, deferred waits",
      "6 at once, low waits, deferred waits",
      "8 at once, low runs, deferred waits",
      "8 at once, low runs, deferred runs",
    ]);
    await service.caughtUp();
    expect(service.steps()).toEqual(["normal: in_force"]);
    await service.clock.advance(HALF_AN_HOUR);
    expect(service.steps()).toEqual(["normal: in_force"]);
    expect(service.runtime.alerts.unresolved).toEqual([]);
    const onDisk = async () => (await service.runtime.history({ mode: "memory_constrained", order: "oldest" })).rows;
    await service.settles("the history", async () => (await onDisk()).length === 4);
    expect((await onDisk()).map(({ from, to, trigger }) => `${from} -> ${to} (${trigger})`)).toEqual([
      "normal -> memory_constrained (memory_exhaustion)",
      "memory_constrained -> memory_constrained (memory_exhaustion)",
      "memory_constrained -> memory_constrained (memory_exhaustion)",
      "memory_constrained -> normal (memory_exhaustion)",
    ]);
  });

  test("data integrity while degraded: through every mode, an outage, lost answers and a restart, each effect happens once and in order", async () => {
    const service = await sensedService();
    const accepted = new Map<string, number[]>();
    const refused: number[] = [];
    let number = 0;
    const round = async () => {
      for (const priority of PRIORITIES)
        for (const lane of ["a", "b"]) {
          number += 1;
          const own = `${lane} ${priority}`;
          const { status } = await service.runtime.enqueue(service.write, { lane: own, number }, { priority });
          if (status === "refused") refused.push(number);
          else accepted.set(own, [...(accepted.get(own) ?? []), number]);
        }
    };
    await round();
    await service.raise("event_loop_overload");
    service.faulty.swallowCommitAnswers(1);
    await round();
    await service.raise("memory_exhaustion");
    await round();
    await service.raise("queue_overflow");
    await round();
    expect(refused, "an emergency refuses what is least urgent").toHaveLength(4);
    await service.clear("event_loop_overload", "memory_exhaustion");
    await round();
    await service.restart();
    expect(service.graph()).toBe("closed");
    await round();
    await service.lose();
    await round();
    await service.clear("queue_overflow");
    await service.find();
    service.faulty.swallowCommitAnswers(1);
    await round();
    for (let step = 0; step < 6; step++) await service.nextStep();
    await service.caughtUp();
    await isNormal(service);
    await round();
    await service.caughtUp();
    expect(Object.fromEntries(service.lanes())).toEqual(Object.fromEntries(accepted));
    const inGraph = [...service.lanes().values()].flat();
    expect(inGraph).toHaveLength(number - refused.length);
    expect(refused.some((each) => inGraph.includes(each))).toBe(false);
    expect(service.journal().ended.every(({ outcome }) => outcome === "completed")).toBe(true);
  });

  test("advanced recovery: lost again while it drains, beside another trouble, and over a restart; then all of it is over", async () => {
    const service = await sensedService();
    await service.lose();
    await enqueue(service, "fryer", upTo(30));
    await service.raise("high_error_rate");
    await enqueue(service, "grill", upTo(130, 101), "critical");
    service.close();
    await service.find();
    await service.settles("the drain to have begun", () => service.seen.inFlight > 0);
    // What was critical drains; what was not waits for the other trouble to pass.
    expect(service.seen.begun.every((number) => number > 100)).toBe(true);
    expect(service.steps()).toContain("local_queue: draining");
    service.faulty.cut();
    service.open();
    await service.settles("the handlers to have failed", () => service.seen.inFlight === 0);
    for (let call = 0; service.graph() === "closed" && call < 10; call++)
      await service.runtime.submit(service.read, { lane: "fryer" }, { priority: "critical" });
    expect(service.steps()).toContain("local_queue: queueing");
    await service.restart();
    await service.find();
    await service.settles("what is critical", () => service.lanes().get("grill")?.length === 30);
    expect(service.lanes().has("fryer")).toBe(false);
    await service.clear("high_error_rate");
    for (let step = 0; step < 3; step++) await service.nextStep();
    await service.caughtUp();
    await isNormal(service);
    expect(Object.fromEntries(service.lanes())).toEqual({ fryer: upTo(30), grill: upTo(130, 101) });
    await service.passesUntil("every incident to be over", () =>
      service.runtime.status().control.incidents.every(({ state }) => state === "quiet"),
    );
    expect(service.runtime.status().control.triggers.filter(({ raised }) => raised)).toEqual([]);
    // How long the backlog took is an alert, until so much has been quick that its window holds nothing else.
    await service.clock.advance(60_000);
    await enqueue(service, "toaster", upTo(230, 201));
    await service.caughtUp();
    await service.passesUntil("every alert to be resolved", () => service.runtime.alerts.unresolved.length === 0);
    expect(await answersOf(service)).toEqual(ALL_RUN);
  });
});
