import { describe, expect, test } from "vitest";
import type { Mode } from "../../machines/contracts/modes.ts";
import type { PinAnswer } from "../../src/control/control-doors.ts";
import { World } from "../model/control-world.ts";

const started = async (): Promise<World> => {
  const world = new World(["graph"]);
  world.start();
  await world.seconds(1);
  return world;
};

const pin = (world: World, mode: Mode, forMs = 600_000, expected: number | null = null): PinAnswer =>
  world.plane.pin(
    { mode, owner: "anna", reason: "a deploy", until: world.clock.now() + forMs, expected },
    world.person("pinned it"),
  );

const raiseMemory = async (world: World) => {
  world.plane.sense("memory_exhaustion", { kind: "value", value: 0.95, what: "0.95 of the heap" });
  await world.seconds(300);
};

describe("a pin", () => {
  test("forces its mode within the call that sets it, with who, why and until when", async () => {
    const world = await started();
    const answer = pin(world, "emergency_mode");
    const until = world.clock.now() + 600_000;
    expect(answer).toMatchObject({
      status: "pinned",
      pin: { mode: "emergency_mode", owner: "anna", reason: "a deploy", since: world.clock.now(), until, revision: 1 },
    });
    expect(world.plane.policy).toMatchObject({
      modes: [{ mode: "emergency_mode", step: "pinned", since: world.clock.now() }],
      pin: { mode: "emergency_mode", owner: "anna", until },
      yielded: [{ mode: "normal" }],
      byPriority: { critical: "run", high: "queue", normal: "queue", low: "refuse", deferred: "refuse" },
      priorityCause: {
        actor: "pin",
        what: "anna pinned emergency_mode: a deploy",
        values: { owner: "anna", reason: "a deploy", mode: "emergency_mode" },
      },
    });
    expect(world.plane.status()).toMatchObject({ pin: { mode: "emergency_mode", until }, pinState: "held" });
  });

  const everything = (word: string) =>
    Object.fromEntries(["critical", "high", "normal", "low", "deferred"].map((priority) => [priority, word]));

  test.each<[Mode, object]>([
    ["normal", { byPriority: everything("run"), concurrencyFactor: 1, batchFactor: 1, attemptTimeoutFactor: 1 }],
    ["local_queue", { byPriority: everything("queue"), concurrencyFactor: 1 }],
    [
      "reduced_performance",
      { byPriority: { ...everything("run"), deferred: "queue" }, concurrencyFactor: 0.5, attemptTimeoutFactor: 2 },
    ],
    [
      "memory_constrained",
      { byPriority: { ...everything("run"), low: "queue", deferred: "queue" }, concurrencyFactor: 0.5, batchFactor: 0 },
    ],
    ["selective_processing", { byPriority: { ...everything("queue"), critical: "run", high: "run" } }],
  ])("on %s asks for what that mode asks for in force", async (mode, asked) => {
    const world = await started();
    pin(world, mode);
    expect(world.plane.policy).toMatchObject(asked);
  });

  test("wins over the modes, which go on beneath it and are back when it is released (invariant 5)", async () => {
    const world = await started();
    pin(world, "normal");
    await raiseMemory(world);
    expect(world.modes()).toEqual(["normal"]);
    expect(world.plane.policy).toMatchObject({ batchFactor: 1, yielded: [{ mode: "memory_constrained" }] });
    expect(world.plane.releasePin(1, world.person("the deploy is over"))).toEqual({ status: "released" });
    expect(world.modes()).toEqual(["memory_constrained"]);
    expect(world.plane.policy).toMatchObject({ batchFactor: 0 });
    expect(world.plane.policy).not.toHaveProperty("pin");
    expect(world.plane.policy).not.toHaveProperty("yielded");
    expect(world.plane.status()).toMatchObject({ pinState: "free" });
  });

  test("never silences a breaker, and leaves a backlog its share", async () => {
    const world = await started();
    pin(world, "normal");
    world.lose();
    expect(world.admission()).toMatchObject({ state: "open", decision: "queue" });
    Object.assign(world.graph, { up: true, waiting: 1_000, watermark: 7 });
    await world.seconds(2);
    expect(world.admission()).toMatchObject({ state: "closed", backlogShare: 0.25 });
    expect(world.modes()).toEqual(["normal"]);
  });

  test("is replaced only by whoever knows which one is held", async () => {
    const world = await started();
    pin(world, "normal");
    expect(pin(world, "emergency_mode")).toMatchObject({ status: "conflict", pin: { mode: "normal", revision: 1 } });
    expect(pin(world, "emergency_mode", 600_000, 7)).toMatchObject({ status: "conflict" });
    expect(world.modes()).toEqual(["normal"]);
    expect(pin(world, "emergency_mode", 600_000, 1)).toMatchObject({ status: "pinned", pin: { revision: 2 } });
    expect(world.plane.releasePin(1, world.person("too late"))).toMatchObject({
      status: "conflict",
      pin: { revision: 2 },
    });
    world.plane.releasePin(2, world.person("done"));
    expect(pin(world, "normal", 600_000, 2)).toEqual({ status: "conflict", pin: null });
    expect(world.plane.releasePin(2, world.person("again"))).toEqual({ status: "conflict", pin: null });
  });

  test("warns before it ends, and ends on time", async () => {
    const world = await started();
    pin(world, "emergency_mode");
    await world.clock.advance(539_999);
    expect(world.state("pin")).toBe("held");
    await world.clock.advance(1);
    expect(world.state("pin")).toBe("expiring");
    expect(world.logged).toContainEqual(
      expect.objectContaining({
        level: "warn",
        fields: expect.objectContaining({ machine: "pin", because: "the pin on emergency_mode ends in 60000 ms" }),
      }),
    );
    expect(world.plane.policy.pin).toBeDefined();
    await world.clock.advance(59_999);
    expect(world.modes()).toEqual(["emergency_mode"]);
    await world.clock.advance(1);
    expect(world.modes()).toEqual(["normal"]);
    expect(world.transitionsOf("pin")).toEqual(["free -> held", "held -> expiring", "expiring -> free"]);
    expect(JSON.parse(world.transitions.filter(({ machine }) => machine === "pin").at(-1)?.cause ?? "")).toMatchObject({
      what: "the pin on emergency_mode ended",
      because: { what: "anna pinned emergency_mode: a deploy" },
    });
  });

  test("can be prolonged while it is about to end", async () => {
    const world = await started();
    pin(world, "normal", 90_000);
    await world.seconds(60);
    expect(world.state("pin")).toBe("expiring");
    expect(pin(world, "normal", 600_000, 1)).toMatchObject({ status: "pinned", pin: { revision: 2 } });
    await world.seconds(500);
    expect(world.state("pin")).toBe("held");
  });

  test("survives a restart, and its end comes nearer meanwhile", async () => {
    const world = await started();
    pin(world, "emergency_mode");
    const end = world.clock.now() + 600_000;
    await world.seconds(100);
    await world.restart(200_000);
    expect(world.modes()).toEqual(["emergency_mode"]);
    expect(world.plane.status().pin).toMatchObject({ until: end, revision: 1 });
    await world.clock.advance(end - world.clock.now() - 1);
    expect(world.modes()).toEqual(["emergency_mode"]);
    await world.clock.advance(1);
    expect(world.modes()).toEqual(["normal"]);
  });

  test("that ended while the process was down was never in force in the next one", async () => {
    const world = await started();
    pin(world, "emergency_mode");
    const policies = world.policies.length;
    await world.restart(700_000);
    expect(world.policies.slice(policies).some(({ pin: held }) => held !== undefined)).toBe(false);
    expect(world.transitionsOf("pin").at(-1)).toBe("held -> free");
    expect(pin(world, "normal"), "revisions go on").toMatchObject({ status: "pinned", pin: { revision: 2 } });
  });

  test("ends by the clock that people see, although that was corrected since the start", async () => {
    const world = await started();
    world.clock.jump(3_600_000);
    const until = world.clock.now() + 600_000;
    expect(pin(world, "emergency_mode")).toMatchObject({ pin: { until } });
    expect(world.plane.policy.pin?.until).toBe(until);
    await world.restart(1_000);
    expect(world.plane.policy.pin?.until).toBe(until);
    await world.clock.advance(until - world.clock.now() - 1);
    expect(world.modes()).toEqual(["emergency_mode"]);
    await world.clock.advance(1);
    expect(world.modes()).toEqual(["normal"]);
  });

  test("does not lapse when its actor crashes; until that is back nobody can change it", async () => {
    const world = await started();
    pin(world, "emergency_mode");
    const policies = world.policies.length;
    world.crash("pin");
    expect(pin(world, "normal", 600_000, 1)).toEqual({ status: "unavailable" });
    expect(world.plane.releasePin(1, world.person("now"))).toEqual({ status: "unavailable" });
    await world.seconds(1);
    expect(world.state("pin")).toBe("held");
    expect(world.policies.slice(policies).every(({ pin: held }) => held?.revision === 1)).toBe(true);
    expect(pin(world, "normal", 600_000, 1)).toMatchObject({ status: "pinned", pin: { revision: 2 } });
  });
});
