import { describe, expect, test } from "vitest";
import type { TriggerDefinition } from "../../machines/contracts/triggers.ts";
import { World } from "../model/control-world.ts";

const MINUTE = 60;

/** Memory as the presets have it: raised at 0.9 for 5 minutes, cleared at 0.7 for 5 minutes. */
const MEMORY = "memory_exhaustion";

const started = async (): Promise<World> => {
  const world = new World(["graph"]);
  world.start();
  await world.seconds(1);
  return world;
};

const read = (world: World, value: number, trigger = MEMORY) =>
  world.plane.sense(trigger, { kind: "value", value, what: `it measured ${value}` });

const trigger = (world: World, id = MEMORY) => {
  const found = world.plane.status().triggers.find((each) => each.trigger === id);
  if (found === undefined) throw new Error(`there is no trigger ${id}`);
  return found;
};

const define = (world: World, definition: Partial<TriggerDefinition>) =>
  world.plane.defineTrigger(MEMORY, { ...trigger(world).definition, ...definition }, world.person("changed it"));

/** Memory is raised, for the first time, at the end of this. */
const raised = async (): Promise<World> => {
  const world = await started();
  read(world, 0.95);
  await world.seconds(5 * MINUTE);
  expect(trigger(world)).toMatchObject({ state: "raised", raised: true });
  return world;
};

describe("a trigger", () => {
  test("is unknown before its sensor has said a word, and raises nothing", async () => {
    const world = await started();
    expect(
      world.plane
        .status()
        .triggers.map(({ trigger: id }) => id)
        .toSorted(),
    ).toEqual([
      "connection_failures:graph",
      "event_loop_overload",
      "high_error_rate",
      "memory_exhaustion",
      "processing_timeout",
      "queue_overflow",
      "storage_unavailable",
    ]);
    expect(trigger(world)).toMatchObject({ state: "unknown", failed: false, raised: false });
    read(world, 0.2);
    expect(trigger(world)).toMatchObject({ state: "clear", value: 0.2 });
    expect(world.modes()).toEqual(["normal"]);
  });

  test("raises when values have stayed high for its dwell, and not before", async () => {
    const world = await started();
    read(world, 0.95);
    expect(trigger(world)).toMatchObject({ state: "rising", deadline: world.clock.now() + 300_000 });
    await world.clock.advance(299_999);
    read(world, 0.93);
    expect(trigger(world)).toMatchObject({ state: "rising", value: 0.93 });
    await world.clock.advance(1);
    expect(trigger(world)).toMatchObject({ state: "raised", raised: true, raisedAt: world.clock.now() });
  });

  test("says the value, the threshold and the dwell for which it raised", async () => {
    const world = await raised();
    expect(trigger(world).raisedCause).toMatchObject({
      actor: "trigger:memory_exhaustion",
      what: "0.95 is at or above 0.9, for 300000 ms",
      values: { value: 0.95, enter: 0.9, exit: 0.7, dwellMs: 300_000 },
      because: { actor: "sensor:memory_exhaustion", what: "it measured 0.95" },
    });
  });

  test("begins its dwell anew when a value was lower meanwhile", async () => {
    const world = await started();
    read(world, 0.95);
    await world.seconds(4 * MINUTE);
    read(world, 0.89);
    expect(trigger(world).state).toBe("clear");
    read(world, 0.95);
    await world.seconds(4 * MINUTE);
    expect(trigger(world).state).toBe("rising");
  });

  test("without a dwell raises at once", async () => {
    const world = await started();
    read(world, 3, "processing_timeout");
    expect(trigger(world, "processing_timeout")).toMatchObject({ state: "raised", raised: true });
    expect(world.modes()).toEqual(["reduced_performance"]);
  });

  test("clears when values have stayed low for its dwell; a value between the thresholds ends that", async () => {
    const world = await raised();
    read(world, 0.8);
    expect(trigger(world).state).toBe("raised");
    read(world, 0.7);
    expect(trigger(world)).toMatchObject({ state: "falling", raised: true });
    await world.seconds(4 * MINUTE);
    read(world, 0.8);
    expect(trigger(world).state).toBe("raised");
    read(world, 0.5);
    await world.clock.advance(299_999);
    expect(trigger(world)).toMatchObject({ state: "falling", raised: true });
    await world.clock.advance(1);
    expect(trigger(world)).toMatchObject({ state: "clear", raised: false });
  });

  test("that measures nothing does not go on rising, and lets what was raised fall by its dwell", async () => {
    const world = await started();
    const nothing = () => world.plane.sense(MEMORY, { kind: "nothing", what: "too few calls" });
    read(world, 0.95);
    nothing();
    expect(trigger(world)).toMatchObject({ state: "clear" });
    expect(trigger(world)).not.toHaveProperty("value");
    read(world, 0.95);
    await world.seconds(5 * MINUTE);
    nothing();
    expect(trigger(world)).toMatchObject({ state: "falling", raised: true });
    await world.seconds(5 * MINUTE);
    expect(trigger(world).state).toBe("clear");
  });

  test("whose condition flaps keeps it for longer each time, up to eight times, and forgets that when it is calm", async () => {
    const world = await raised();
    const leave = async () => {
      read(world, 0.1);
      const dwellMs = (trigger(world).deadline ?? 0) - world.clock.now();
      await world.clock.advance(dwellMs);
      expect(trigger(world).state).toBe("clear");
      return dwellMs / 60_000;
    };
    const dwells = [await leave()];
    for (let flap = 0; flap < 5; flap++) {
      read(world, 0.95);
      const enterMs = (trigger(world).deadline ?? 0) - world.clock.now();
      expect(enterMs, "protection never comes later").toBe(300_000);
      await world.clock.advance(enterMs);
      dwells.push(await leave());
    }
    expect(dwells).toEqual([5, 10, 20, 40, 40, 40]);
    expect(trigger(world).dwellFactor).toBe(8);
    const factors = [];
    for (let calm = 0; calm < 4; calm++) {
      await world.seconds(20 * MINUTE);
      read(world, 0.1);
      factors.push(trigger(world).dwellFactor);
    }
    expect(factors).toEqual([4, 2, 1, 1]);
  });
});

describe("a sensor", () => {
  test.each([
    ["that fails", { kind: "failed", what: "it threw" } as const],
    ["that measures NaN", { kind: "value", value: Number.NaN, what: "NaN" } as const],
    ["that measures infinity", { kind: "value", value: Number.POSITIVE_INFINITY, what: "infinity" } as const],
  ])("%s makes its trigger unknown, and never reads as healthy", async (_, word) => {
    const world = await raised();
    world.plane.sense(MEMORY, word);
    expect(trigger(world)).toMatchObject({ state: "unknown", failed: true, raised: true });
    await world.seconds(60 * MINUTE);
    expect(trigger(world)).toMatchObject({ state: "unknown", raised: true });
    expect(world.modes()).toEqual(["memory_constrained"]);
    expect(world.transitionsOf("trigger:memory_exhaustion").at(-1)).toBe("raised -> unknown");
    read(world, 0.1);
    expect(trigger(world)).toMatchObject({ state: "falling", failed: false, deadline: world.clock.now() + 300_000 });
  });

  test("that fails in mid-dwell lets the dwell begin anew", async () => {
    const world = await started();
    read(world, 0.95);
    await world.seconds(4 * MINUTE);
    world.plane.sense(MEMORY, { kind: "failed", what: "it hung" });
    await world.seconds(4 * MINUTE);
    expect(trigger(world)).toMatchObject({ state: "unknown", raised: false });
    read(world, 0.95);
    expect(trigger(world)).toMatchObject({ state: "rising", deadline: world.clock.now() + 300_000 });
  });

  test("that speaks every second writes no record for it", async () => {
    const world = await started();
    read(world, 0.2);
    let written = 0;
    const set = world.records.set.bind(world.records);
    world.records.set = (...record) => (written++, set(...record));
    for (let second = 0; second < 60; second++) {
      read(world, second / 100);
      await world.seconds(1);
    }
    expect(written).toBe(0);
    expect(trigger(world).value).toBe(0.59);
  });

  test("that speaks while its trigger is down is not heard, and disturbs nobody", async () => {
    const world = await raised();
    world.crash("trigger:memory_exhaustion");
    read(world, 0.1);
    world.plane.sense("no_such_trigger", { kind: "value", value: 1, what: "nobody asked" });
    expect(world.modes()).toEqual(["memory_constrained"]);
    await world.seconds(1);
    expect(trigger(world)).toMatchObject({ state: "unknown", raised: true });
    world.plane.stop();
    read(world, 0.1);
  });
});

describe("a changed threshold", () => {
  test("loses no state: what is raised stays so until the new one says otherwise", async () => {
    const world = await raised();
    const { raisedAt } = trigger(world);
    expect(define(world, { enter: 0.8, exit: 0.6 })).toBe(true);
    expect(trigger(world)).toMatchObject({ state: "raised", raisedAt, definition: { enter: 0.8, exit: 0.6 } });
    define(world, { enter: 0.99, exit: 0.96 });
    expect(trigger(world)).toMatchObject({ state: "falling", raised: true, raisedAt });
    define(world, { enter: 0.9, exit: 0.7 });
    expect(trigger(world)).toMatchObject({ state: "raised", raisedAt });
  });

  test("judges the last value at once", async () => {
    const world = await started();
    read(world, 0.85);
    define(world, { enter: 0.8 });
    expect(trigger(world).state).toBe("rising");
    define(world, { enterDwellMs: 0 });
    expect(trigger(world)).toMatchObject({ state: "raised", raisedCause: { values: { value: 0.85, enter: 0.8 } } });
  });

  test("keeps the beginning of a dwell that is under way", async () => {
    const world = await started();
    read(world, 0.95);
    const from = world.clock.now();
    await world.seconds(2 * MINUTE);
    define(world, { enterDwellMs: 240_000 });
    expect(trigger(world)).toMatchObject({ state: "rising", deadline: from + 240_000 });
    define(world, { enterDwellMs: 60_000 });
    expect(trigger(world).state).toBe("raised");
  });

  test("survives a crash and a restart", async () => {
    const world = await started();
    define(world, { enter: 0.5, exit: 0.4 });
    world.crash("trigger:memory_exhaustion");
    expect(define(world, { enter: 0.6 }), "a trigger that is down cannot be told").toBe(false);
    await world.seconds(1);
    expect(trigger(world).definition).toMatchObject({ enter: 0.5, exit: 0.4 });
    await world.restart(1_000);
    expect(trigger(world).definition).toMatchObject({ enter: 0.5, exit: 0.4 });
  });
});

describe("invariant 7, restart keeps time: a dwell", () => {
  test("counts only time in which somebody observed", async () => {
    const world = await started();
    read(world, 0.95);
    await world.seconds(4 * MINUTE);
    await world.restart(600_000);
    expect(trigger(world)).toMatchObject({ state: "rising", deadline: world.clock.now() + 60_000 });
    read(world, 0.95);
    await world.clock.advance(59_999);
    expect(trigger(world).state).toBe("rising");
    await world.clock.advance(1);
    expect(trigger(world).state).toBe("raised");
  });

  test("towards clearing does so too, and what was raised is still raised, since then and for the same reason", async () => {
    const world = await raised();
    const { raisedAt, raisedCause } = trigger(world);
    read(world, 0.1);
    await world.seconds(4 * MINUTE);
    await world.restart(600_000);
    expect(trigger(world)).toMatchObject({ state: "falling", raised: true, raisedAt, raisedCause });
    expect(world.modes()).toEqual(["memory_constrained"]);
    read(world, 0.1);
    await world.seconds(MINUTE);
    expect(trigger(world).state).toBe("clear");
  });

  test("of which less is left than until the sensor's first word does not end before that, whichever way it goes", async () => {
    for (const [rest, way] of [
      [0.95, "up"],
      [0.1, "down"],
    ] as const) {
      const world = way === "up" ? await started() : await raised();
      read(world, rest);
      const state = trigger(world).state;
      await world.clock.advance(5 * MINUTE * 1_000 - 100);
      await world.restart(600_000);
      await world.clock.advance(900);
      expect(trigger(world)).toMatchObject({ state, raised: way === "down" });
      // Nor by what a person changes meanwhile: nobody has looked yet.
      define(world, { enterDwellMs: 0, leaveDwellMs: 0 });
      expect(trigger(world)).toMatchObject({ state, raised: way === "down" });
      read(world, rest);
      expect(trigger(world)).toMatchObject({ raised: way === "up", since: world.clock.now() });
    }
  });

  test("that was nearly over when the process ended is forgotten where the sensor's first word is another", async () => {
    const world = await raised();
    read(world, 0.1);
    await world.clock.advance(5 * MINUTE * 1_000 - 100);
    await world.restart(600_000);
    await world.clock.advance(900);
    read(world, 0.95);
    expect(trigger(world)).toMatchObject({ state: "raised", raised: true });
    expect(world.transitionsOf("memory_constrained")).toEqual(["dormant -> in_force"]);
  });

  test("is not longer for a wall clock that went back between two processes", async () => {
    const world = await started();
    read(world, 0.95);
    await world.seconds(4 * MINUTE);
    world.plane.stop();
    world.clock.jump(-3_600_000);
    await world.restart(0);
    expect(trigger(world).deadline).toBe(world.clock.now() + 300_000);
  });
});

describe("invariant 8, failures stay in their subtree: a trigger that crashes", () => {
  test("leaves its condition raised, and its successor knows it", async () => {
    const world = await raised();
    const { raisedAt } = trigger(world);
    world.crash("trigger:memory_exhaustion");
    await world.seconds(1);
    expect(trigger(world)).toMatchObject({ state: "unknown", raised: true, raisedAt });
    expect(world.state("memory_constrained")).toBe("in_force");
    expect(world.transitionsOf("memory_constrained")).toEqual(["dormant -> in_force"]);
    read(world, 0.1);
    await world.seconds(5 * MINUTE);
    expect(trigger(world)).toMatchObject({ state: "clear", raised: false });
  });
});
