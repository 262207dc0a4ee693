import { describe, expect, test } from "vitest";
import type { Mode, Priority } from "../../src/index.ts";
import { answersOf, type Behaviour, behaviourOf } from "../support/behaviour.ts";
import { type SensedService, sensedService, type SensedTrigger } from "../support/sensed-service.ts";

const HALF_AN_HOUR = 30 * 60_000;

const NORMAL: Behaviour = {
  answers: { critical: "runs", high: "runs", normal: "runs", low: "runs", deferred: "runs" },
  peak: 8,
  batches: "many at once",
  attemptMs: 1_000,
};

/** What differs from normal. */
const differs = (
  answers: Partial<Behaviour["answers"]>,
  { peak = 8, batches = "many at once", attemptMs = 1_000 }: Partial<Behaviour> = {},
): Behaviour => ({ answers: { ...NORMAL.answers, ...answers }, peak, batches, attemptMs });

const waits = (...priorities: readonly Priority[]): Partial<Behaviour["answers"]> =>
  Object.fromEntries(priorities.map((priority) => [priority, "waits"]));

const REDUCED = differs(waits("deferred"), { peak: 4, attemptMs: 2_000 });
const CONSTRAINED = differs(waits("low", "deferred"), { peak: 4, batches: "one by one" });
const SELECTIVE = differs(waits("normal", "low", "deferred"));
const EMERGENCY: Behaviour["answers"] = {
  critical: "runs",
  high: "waits",
  normal: "waits",
  low: "refused",
  deferred: "refused",
};
const NOTHING_RUNS: Behaviour = {
  answers: { critical: "waits", high: "waits", normal: "waits", low: "waits", deferred: "waits" },
  peak: null,
  batches: null,
  attemptMs: null,
};

/** Until the modes have given back what they took, step by step. */
const stepsBack = async (service: SensedService) => {
  for (let step = 0; step < 6 && service.modes()[0] !== "normal"; step++) await service.nextStep();
  expect(service.modes()).toEqual(["normal"]);
  await service.caughtUp();
};

describe("a mode changes what the service does, and changes it back: by its trigger,", () => {
  test.each<[Mode, readonly SensedTrigger[], Behaviour]>([
    ["reduced_performance", ["event_loop_overload"], REDUCED],
    ["reduced_performance", ["processing_timeout"], REDUCED],
    ["reduced_performance", ["connection_failures:graph"], REDUCED],
    ["memory_constrained", ["memory_exhaustion"], CONSTRAINED],
    ["selective_processing", ["high_error_rate"], SELECTIVE],
    ["selective_processing", ["queue_overflow"], SELECTIVE],
    [
      "emergency_mode",
      ["high_error_rate", "queue_overflow", "processing_timeout"],
      // What is slow as well halves what runs at once and doubles the time of attempts.
      { ...differs(EMERGENCY), peak: 4, attemptMs: 2_000 },
    ],
  ])("%s by %j", async (mode, triggers, behaviour) => {
    const service = await sensedService();
    expect(await behaviourOf(service)).toEqual(NORMAL);
    await service.raise(...triggers);
    expect(await behaviourOf(service)).toEqual(behaviour);
    expect(service.modes()[0]).toBe(mode);
    await service.clear(...triggers);
    await stepsBack(service);
    expect(await behaviourOf(service)).toEqual(NORMAL);
  });

  test("local_queue by the loss of a dependency, and what needs another one does not notice", async () => {
    const service = await sensedService();
    const { runtime, read, readOrGuess, elsewhere } = service;
    expect(await behaviourOf(service)).toEqual(NORMAL);
    await service.lose();
    expect(await behaviourOf(service)).toEqual(NOTHING_RUNS);
    expect(await runtime.submit(elsewhere, {})).toMatchObject({ status: "completed", value: "done elsewhere" });
    expect(await runtime.submit(read, { lane: "a" })).toMatchObject({
      status: "refused",
      reason: "unavailable",
      retryable: true,
      retryAfterSeconds: 5,
    });
    expect(await runtime.submit(readOrGuess, { lane: "a" })).toMatchObject({
      status: "completed",
      value: "a guess about a",
      source: "fallback",
    });
    await service.find();
    await service.caughtUp();
    await service.settles("the drain to be through", () => service.modes()[0] === "normal");
    expect(await behaviourOf(service)).toEqual(NORMAL);
  });
});

describe("a mode changes what the service does, and changes it back: by a pin,", () => {
  test.each<[Mode, Behaviour]>([
    ["reduced_performance", REDUCED],
    ["local_queue", NOTHING_RUNS],
    ["memory_constrained", CONSTRAINED],
    ["selective_processing", SELECTIVE],
    ["emergency_mode", differs(EMERGENCY)],
  ])("%s", async (mode, behaviour) => {
    const service = await sensedService();
    const { degradation } = service.runtime;
    expect(await behaviourOf(service)).toEqual(NORMAL);
    degradation.pin(mode, { reason: "to see what it does", forMs: HALF_AN_HOUR });
    expect(await behaviourOf(service)).toEqual(behaviour);
    degradation.release({ reason: "seen" });
    await service.caughtUp();
    expect(await behaviourOf(service)).toEqual(NORMAL);
  });

  test("normal: everything runs as ever while a trigger asks for less, and less again when it is released", async () => {
    const service = await sensedService();
    const { degradation } = service.runtime;
    await service.raise("memory_exhaustion");
    expect(await behaviourOf(service)).toEqual(CONSTRAINED);
    degradation.pin("normal", { reason: "the heap is meant to be full", forMs: HALF_AN_HOUR });
    await service.caughtUp();
    expect(await behaviourOf(service)).toEqual(NORMAL);
    degradation.release({ reason: "it was not" });
    expect(await behaviourOf(service)).toEqual(CONSTRAINED);
  });

  test("normal leaves a breaker its word: what needs a lost dependency waits all the same", async () => {
    const service = await sensedService();
    service.runtime.degradation.pin("normal", { reason: "looks fine from here", forMs: HALF_AN_HOUR });
    await service.lose();
    expect(await behaviourOf(service)).toEqual(NOTHING_RUNS);
    await service.find();
    await service.caughtUp();
    expect(await behaviourOf(service)).toEqual(NORMAL);
  });

  test("is seen by the very next call, and so is its release", async () => {
    const service = await sensedService();
    const { runtime, write } = service;
    const submit = (number: number) =>
      runtime.submit(write, { lane: "now", number }, { priority: "low" }).then(({ status }) => status);
    expect(await submit(1)).toBe("completed");
    runtime.degradation.pin("emergency_mode", { reason: "at once", forMs: HALF_AN_HOUR });
    expect(await submit(2)).toBe("refused");
    runtime.degradation.release({ reason: "at once" });
    expect(await submit(3)).toBe("completed");
    expect(service.lanes().get("now")).toEqual([1, 3]);
  });

  test("goes on after a restart, and ends in time", async () => {
    const service = await sensedService();
    service.runtime.degradation.pin("emergency_mode", { reason: "all night", forMs: HALF_AN_HOUR });
    await service.clock.advance(HALF_AN_HOUR / 2);
    await service.restart();
    expect(service.graph()).toBe("closed");
    expect(await answersOf(service)).toEqual(EMERGENCY);
    await service.clock.advance(HALF_AN_HOUR / 2 - 1_000);
    expect(await answersOf(service)).toEqual(EMERGENCY);
    await service.clock.advance(1_000);
    await service.caughtUp();
    expect(await answersOf(service)).toEqual(NORMAL.answers);
  });
});

describe("several conditions at once", () => {
  test("merge to the stricter of each, whichever came first", async () => {
    const both = { ...differs(waits("normal", "low", "deferred")), peak: 4, batches: "one by one" } as const;
    for (const order of [
      ["memory_exhaustion", "high_error_rate"],
      ["high_error_rate", "memory_exhaustion"],
    ] as const) {
      const service = await sensedService();
      for (const trigger of order) await service.raise(trigger);
      expect(await behaviourOf(service)).toEqual(both);
      await service.clear("high_error_rate");
      // Selective processing readmits normal, then low, then deferred; memory goes on asking for less.
      expect(await answersOf(service)).toEqual({ ...NORMAL.answers, ...waits("low", "deferred") });
      await service.nextStep();
      await service.nextStep();
      expect(await behaviourOf(service)).toEqual(CONSTRAINED);
    }
  });

  test("of three kinds are an emergency, which steps down to what still holds", async () => {
    const service = await sensedService();
    await service.raise("memory_exhaustion", "high_error_rate");
    expect((await answersOf(service)).low).toBe("waits");
    await service.raise("event_loop_overload");
    expect(await behaviourOf(service)).toEqual({
      answers: EMERGENCY,
      peak: 4,
      batches: "one by one",
      attemptMs: 2_000,
    });
    await service.clear("event_loop_overload");
    expect(await answersOf(service), "nothing is refused any more").toEqual(SELECTIVE.answers);
    await service.nextStep();
    await service.nextStep();
    expect(await behaviourOf(service), "what is slow has gone, the rest holds").toEqual({
      ...SELECTIVE,
      peak: 4,
      batches: "one by one",
    });
    await service.clear("high_error_rate");
    await service.nextStep();
    await service.nextStep();
    expect(await behaviourOf(service)).toEqual(CONSTRAINED);
    await service.clear("memory_exhaustion");
    await stepsBack(service);
    expect(await behaviourOf(service)).toEqual(NORMAL);
  });

  test("of one kind are none: a dependency that is lost and flaps, beside full memory", async () => {
    const service = await sensedService();
    await service.raise("connection_failures:graph", "memory_exhaustion");
    await service.lose();
    expect(service.modes()).not.toContain("emergency_mode");
    expect(await answersOf(service)).toEqual(NOTHING_RUNS.answers);
    await service.find();
    expect((await answersOf(service)).critical).toBe("runs");
    expect((await answersOf(service)).normal).toBe("runs");
  });
});
