import { describe, expect, test } from "vitest";
import type { Cause } from "../../machines/contracts/cause.ts";
import { World } from "../model/control-world.ts";

/** Values that every preset calls high, and low. */
const HIGH = 1_000;
const LOW = 0;

const started = async (names: readonly string[] = ["graph"]): Promise<World> => {
  const world = new World(names);
  world.start();
  await world.seconds(1);
  return world;
};

const sense = (world: World, value: number, ...triggers: readonly string[]) => {
  for (const trigger of triggers)
    world.plane.sense(trigger, { kind: "value", value, what: `${trigger} measured ${value}` });
};

/** Until a trigger's dwell is over, and not a millisecond longer. */
const dwell = async (world: World, trigger: string) => {
  const deadline = world.plane.status().triggers.find((each) => each.trigger === trigger)?.deadline;
  if (deadline !== undefined) await world.clock.advance(deadline - world.clock.now());
};

const raise = async (world: World, trigger: string) => {
  sense(world, HIGH, trigger);
  await dwell(world, trigger);
};

const clear = async (world: World, trigger: string) => {
  sense(world, LOW, trigger);
  await dwell(world, trigger);
};

const steps = (world: World): string[] => world.plane.policy.modes.map(({ mode, step }) => `${mode}: ${step}`);

const runs = (world: World): string[] =>
  Object.entries(world.plane.policy.byPriority).flatMap(([priority, word]) => (word === "run" ? [priority] : []));

describe.each([
  ["reduced_performance", "processing_timeout"],
  ["reduced_performance", "event_loop_overload"],
  ["reduced_performance", "connection_failures:graph"],
  ["memory_constrained", "memory_exhaustion"],
  ["selective_processing", "high_error_rate"],
  ["selective_processing", "queue_overflow"],
])("%s", (mode, trigger) => {
  test(`is in force within a millisecond of the end of the dwell of ${trigger}`, async () => {
    const world = await started();
    sense(world, HIGH, trigger);
    const { deadline, definition } = world.plane.status().triggers.find((each) => each.trigger === trigger)!;
    if (definition.enterDwellMs > 0) {
      await world.clock.advance(deadline! - world.clock.now() - 1);
      expect(world.modes()).toEqual(["normal"]);
      await world.clock.advance(1);
    }
    expect(world.modes()).toEqual([mode]);
    expect(world.plane.policy.modes[0]).toMatchObject({ step: "in_force", since: world.clock.now() });
  });

  test(`says why: what ${trigger} measured, beside its threshold`, async () => {
    const world = await started();
    await raise(world, trigger);
    const { cause } = world.plane.policy.modes[0]!;
    expect(cause).toMatchObject({
      actor: `trigger:${trigger}`,
      values: { value: HIGH, enter: expect.any(Number) },
      because: { actor: `sensor:${trigger}` },
    });
    expect(world.plane.policy.priorityCause).toEqual(cause);
  });
});

describe("reduced performance", () => {
  test("doubles the time of attempts, halves what runs at once, lets the deferred wait, and restores step by step", async () => {
    const world = await started();
    await raise(world, "event_loop_overload");
    expect(world.plane.policy).toMatchObject({ concurrencyFactor: 0.5, attemptTimeoutFactor: 2, batchFactor: 1 });
    expect(runs(world)).toEqual(["critical", "high", "normal", "low"]);
    await clear(world, "event_loop_overload");
    expect(steps(world)).toEqual(["reduced_performance: restoring.concurrency"]);
    expect(world.plane.policy).toMatchObject({ concurrencyFactor: 0.75, attemptTimeoutFactor: 1.5 });
    await world.seconds(30);
    expect(steps(world)).toEqual(["reduced_performance: restoring.deferred"]);
    expect(world.plane.policy).toMatchObject({ concurrencyFactor: 1, attemptTimeoutFactor: 1 });
    expect(runs(world)).not.toContain("deferred");
    await world.seconds(30);
    expect(steps(world)).toEqual(["normal: in_force"]);
    expect(runs(world)).toContain("deferred");
  });

  test("stays in force while any of its conditions is left", async () => {
    const world = await started();
    await raise(world, "event_loop_overload");
    await raise(world, "processing_timeout");
    await clear(world, "event_loop_overload");
    expect(steps(world)).toEqual(["reduced_performance: in_force"]);
    await clear(world, "processing_timeout");
    expect(steps(world)).toEqual(["reduced_performance: restoring.concurrency"]);
  });

  test("is in force again when something is raised while it restores", async () => {
    const world = await started();
    await raise(world, "processing_timeout");
    await clear(world, "processing_timeout");
    await world.seconds(31);
    expect(steps(world)).toEqual(["reduced_performance: restoring.deferred"]);
    await raise(world, "event_loop_overload");
    expect(steps(world)).toEqual(["reduced_performance: in_force"]);
    expect(world.plane.policy).toMatchObject({ concurrencyFactor: 0.5 });
  });

  test("does not answer to a breaker that is open: its dependency has a mode of its own", async () => {
    const world = await started();
    world.lose();
    expect(world.modes()).toEqual(["local_queue:graph"]);
  });
});

describe("memory constrained", () => {
  test("runs one by one and half as many, lets what is not urgent wait, and restores step by step", async () => {
    const world = await started();
    await raise(world, "memory_exhaustion");
    expect(world.plane.policy).toMatchObject({ concurrencyFactor: 0.5, batchFactor: 0, attemptTimeoutFactor: 1 });
    expect(runs(world)).toEqual(["critical", "high", "normal"]);
    await clear(world, "memory_exhaustion");
    expect(steps(world)).toEqual(["memory_constrained: restoring.concurrency"]);
    expect(world.plane.policy).toMatchObject({ concurrencyFactor: 0.75, batchFactor: 0.5 });
    await world.seconds(30);
    expect(steps(world)).toEqual(["memory_constrained: restoring.low"]);
    expect(world.plane.policy).toMatchObject({ concurrencyFactor: 1, batchFactor: 1 });
    expect(runs(world)).toEqual(["critical", "high", "normal", "low"]);
    await world.seconds(30);
    expect(world.modes()).toEqual(["normal"]);
  });
});

describe("selective processing", () => {
  test("runs what is critical or of high priority, and readmits the rest priority by priority", async () => {
    const world = await started();
    await raise(world, "high_error_rate");
    expect(runs(world)).toEqual(["critical", "high"]);
    await clear(world, "high_error_rate");
    const readmitted = [];
    for (let step = 0; step < 3; step++) {
      readmitted.push([steps(world)[0], runs(world).at(-1)]);
      await world.seconds(30);
    }
    expect(readmitted).toEqual([
      ["selective_processing: readmitting.normal", "normal"],
      ["selective_processing: readmitting.low", "low"],
      ["normal: in_force", "deferred"],
    ]);
  });
});

describe("emergency", () => {
  const storm = ["memory_exhaustion", "high_error_rate", "event_loop_overload"] as const;

  const inForce = async (): Promise<World> => {
    const world = await started();
    for (const trigger of storm) await raise(world, trigger);
    return world;
  };

  test("is in force with the third kind of trouble, and names the gravest mode first", async () => {
    const world = await started();
    await raise(world, storm[0]);
    await raise(world, storm[1]);
    expect(world.modes()).toEqual(["selective_processing", "memory_constrained"]);
    await raise(world, storm[2]);
    expect(world.modes()).toEqual([
      "emergency_mode",
      "selective_processing",
      "memory_constrained",
      "reduced_performance",
    ]);
    expect(world.plane.policy).toMatchObject({
      byPriority: { critical: "run", high: "queue", normal: "queue", low: "refuse", deferred: "refuse" },
      concurrencyFactor: 0.5,
      batchFactor: 0,
      attemptTimeoutFactor: 2,
      priorityCause: {
        actor: "emergency_mode",
        what: "3 kinds of trouble at once: event_loop_overload, high_error_rate, memory_exhaustion",
        values: { kinds: 3, limit: 3 },
        because: { actor: "trigger:event_loop_overload" },
      },
    });
  });

  test("counts kinds: many lost or flapping dependencies are one", async () => {
    const names = ["graph", "search", "mail"];
    const world = await started(names);
    for (const name of names) {
      world.lose(name);
      await raise(world, `connection_failures:${name}`);
    }
    await raise(world, "memory_exhaustion");
    expect(world.modes()).not.toContain("emergency_mode");
    sense(world, 1, "storage_unavailable");
    expect(world.modes()).toContain("emergency_mode");
  });

  test("steps down to what still holds", async () => {
    const world = await inForce();
    await clear(world, storm[2]);
    expect(steps(world)[0]).toBe("emergency_mode: stepping_down");
    expect(runs(world)).toEqual(["critical", "high"]);
    expect(Object.values(world.plane.policy.byPriority)).not.toContain("refuse");
    await world.seconds(60);
    expect(world.modes()).toEqual(["selective_processing", "memory_constrained"]);
    await clear(world, storm[1]);
    await world.seconds(60);
    expect(world.modes()).toEqual(["memory_constrained"]);
    await clear(world, storm[0]);
    await world.seconds(60);
    expect(world.modes()).toEqual(["normal"]);
  });

  test("is in force again when a third kind is raised while it steps down", async () => {
    const world = await inForce();
    await clear(world, storm[2]);
    await world.seconds(10);
    sense(world, HIGH, "processing_timeout");
    expect(steps(world)[0]).toBe("emergency_mode: in_force");
  });

  test("goes on over a restart, also when it was stepping down", async () => {
    const world = await inForce();
    await world.restart(5_000);
    expect(steps(world)[0]).toBe("emergency_mode: in_force");
    await clear(world, storm[2]);
    expect(steps(world)[0]).toBe("emergency_mode: stepping_down");
    await world.seconds(10);
    await world.restart(5_000);
    expect(steps(world)[0]).toBe("emergency_mode: stepping_down");
    await world.seconds(15);
    // Of its 30 s nobody observed 5.
    expect(steps(world)[0]).toBe("emergency_mode: stepping_down");
    await world.seconds(5);
    expect(world.modes()).not.toContain("emergency_mode");
  });
});

describe("a mode", () => {
  test.each(["reduced_performance", "memory_constrained", "selective_processing", "emergency_mode"])(
    "that crashes keeps what it asked for until its successor speaks: %s",
    async (mode) => {
      const world = await started();
      for (const trigger of ["memory_exhaustion", "high_error_rate", "event_loop_overload"])
        await raise(world, trigger);
      const { byPriority, concurrencyFactor, batchFactor, attemptTimeoutFactor } = world.plane.policy;
      const asked = { byPriority, concurrencyFactor, batchFactor, attemptTimeoutFactor };
      world.crash(mode);
      expect(world.plane.policy).toMatchObject(asked);
      await world.seconds(1);
      expect(world.state(mode)).toBe("in_force");
      expect(world.plane.policy).toMatchObject(asked);
    },
  );

  test.each([
    ["reduced_performance", "in_force", ["event_loop_overload"]],
    ["reduced_performance", "restoring.concurrency", ["event_loop_overload"]],
    ["reduced_performance", "restoring.deferred", ["event_loop_overload"]],
    ["memory_constrained", "in_force", ["memory_exhaustion"]],
    ["memory_constrained", "restoring.concurrency", ["memory_exhaustion"]],
    ["memory_constrained", "restoring.low", ["memory_exhaustion"]],
    ["selective_processing", "in_force", ["high_error_rate"]],
    ["selective_processing", "readmitting.normal", ["high_error_rate"]],
    ["selective_processing", "readmitting.low", ["high_error_rate"]],
    ["emergency_mode", "in_force", ["memory_exhaustion", "high_error_rate", "event_loop_overload"]],
    ["emergency_mode", "stepping_down", ["memory_exhaustion", "high_error_rate", "event_loop_overload"]],
  ])("that crashes goes on where it was, and no policy is without it: %s %s", async (mode, step, triggers) => {
    const world = await started();
    for (const trigger of triggers) await raise(world, trigger);
    if (step !== "in_force") await clear(world, triggers.at(-1) ?? "");
    const stepNow = () => world.plane.policy.modes.find((each) => each.mode === mode)?.step;
    while (stepNow() !== step && stepNow() !== undefined) await world.seconds(1);
    world.policies.length = 0;
    world.crash(mode);
    await world.seconds(5);
    expect(world.policies.length).toBeGreaterThan(1);
    for (const { modes } of world.policies)
      expect(modes.find((each) => each.mode === mode)?.step, "in a policy").toBe(step);
    if (step === "in_force") return;
    await world.seconds(120);
    expect(world.modes()).not.toContain(mode);
    expect(world.transitionsOf(mode)).toContain(`fallen -> ${step}`);
  });

  test("that crashes again soon begins anew: where it was may be what kills it", async () => {
    const world = await started();
    await raise(world, "event_loop_overload");
    await clear(world, "event_loop_overload");
    world.crash("reduced_performance");
    await world.seconds(1);
    world.crash("reduced_performance");
    await world.seconds(1);
    expect(world.state("reduced_performance")).toBe("dormant");
  });

  test("that crashes while it drains keeps the backlog its share", async () => {
    const world = await started();
    world.lose();
    Object.assign(world.graph, { waiting: 1_000, watermark: 7, servingMs: 100, up: true });
    await world.seconds(10);
    expect(steps(world)).toEqual(["local_queue: draining"]);
    world.policies.length = 0;
    world.crash("local_queue:graph");
    await world.seconds(5);
    expect(world.policies.length).toBeGreaterThan(1);
    for (const { dependencies, modes } of world.policies) {
      expect(dependencies["graph"]?.backlogShare).toBe(0.25);
      expect(modes.map((each) => each.mode)).toEqual(["local_queue"]);
    }
  });

  test("has a cause that leads back from its last step to what raised it", async () => {
    const world = await started();
    await raise(world, "memory_exhaustion");
    await clear(world, "memory_exhaustion");
    await world.seconds(60);
    const causes = world.transitions
      .filter(({ machine }) => machine === "memory_constrained")
      .map(({ cause }): Cause => JSON.parse(cause));
    expect(causes.map(({ what }) => what)).toEqual([
      "1000 is at or above 0.9, for 300000 ms",
      "0 is at or below 0.7, for 300000 ms",
      "a step of 30000 ms went well",
      "a step of 30000 ms went well",
    ]);
    expect(causes.map(({ actor, because }) => [actor, because?.actor, because?.because?.actor])).toEqual([
      ["trigger:memory_exhaustion", "sensor:memory_exhaustion", undefined],
      ["trigger:memory_exhaustion", "sensor:memory_exhaustion", undefined],
      ["memory_constrained", "trigger:memory_exhaustion", "sensor:memory_exhaustion"],
      ["memory_constrained", "trigger:memory_exhaustion", "sensor:memory_exhaustion"],
    ]);
  });
});
