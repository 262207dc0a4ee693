import { describe, expect, test } from "vitest";
import type { Cause } from "../../machines/contracts/cause.ts";
import { World } from "../model/control-world.ts";

const started = async (names: readonly string[] = ["graph"]): Promise<World> => {
  const world = new World(names);
  world.start();
  await world.seconds(1);
  return world;
};

const chainOf = (cause: Cause): string[] => [
  cause.actor,
  ...(cause.because === undefined ? [] : chainOf(cause.because)),
];

describe("invariant 4, explained", () => {
  test("every transition is stored with who or what led to it", async () => {
    const world = await started();
    world.lose();
    Object.assign(world.graph, { waiting: 10, watermark: 7 });
    await world.seconds(300);
    world.graph.up = true;
    await world.seconds(120);
    world.crash("breaker:graph");
    await world.seconds(60);
    expect(world.transitions.length).toBeGreaterThan(40);
    for (const row of world.transitions) {
      const cause: Cause = JSON.parse(row.cause);
      expect(cause.actor, `${row.machine} ${row.from} -> ${row.to}`).toMatch(/^\w/);
      expect(cause.what).toMatch(/^\S.*\S$/);
      expect(chainOf(cause).length).toBeLessThanOrEqual(4);
      expect(row.at).toBeGreaterThanOrEqual(world.startedAt);
    }
  });

  test("a mode's cause leads back to the values that the data plane measured", async () => {
    const world = await started();
    world.lose();
    await world.seconds(10);
    const [mode] = world.plane.policy.modes;
    expect(mode).toMatchObject({
      mode: "local_queue",
      cause: { actor: "calls:graph", values: { consecutiveFailures: 5, limit: 5 } },
    });
    expect(chainOf(world.admission().cause)).toEqual(["breaker:graph", "calls:graph"]);
  });

  test("transitions are stored in the order of cause and effect", async () => {
    const world = await started();
    world.transitions.length = 0;
    world.lose();
    expect(world.transitions.map(({ machine }) => machine)).toEqual([
      "breaker:graph",
      "drain:graph",
      "local_queue:graph",
      "incident:dependency_unavailable:graph",
      "normal",
    ]);
  });
});

describe("invariant 6, late results are ignored", () => {
  test("a report about calls of an earlier generation opens nothing", async () => {
    const world = await started();
    const { generation } = world.admission();
    world.lose();
    world.graph.up = true;
    await world.seconds(2);
    expect(world.admission()).toMatchObject({ state: "closed", generation: generation + 2 });
    expect(world.failCalls("graph", { generation })).toBe(true);
    expect(world.admission().state).toBe("closed");
  });

  test("the generation grows over a crash, so that calls of before it stay late", async () => {
    const world = await started();
    const { generation } = world.admission();
    world.crash("breaker:graph");
    await world.seconds(1);
    expect(world.admission().state).toBe("closed");
    expect(world.admission().generation).toBeGreaterThan(generation);
    world.failCalls("graph", { generation });
    expect(world.admission().state).toBe("closed");
  });

  test("the generation grows over a restart of the process", async () => {
    const world = await started();
    const { generation } = world.admission();
    await world.restart(5_000);
    expect(world.admission().generation).toBeGreaterThan(generation);
  });
});

describe("invariant 7, restart keeps time", () => {
  /** An outage whose present break is 8 s long, with 5 s of it left. */
  const withFiveSecondsLeft = async (): Promise<World> => {
    const world = new World(["graph"], { breaker: { initialBreakMs: 8_000 } });
    world.start();
    await world.seconds(1);
    world.lose();
    await world.seconds(3);
    world.graph.probedAt.length = 0;
    return world;
  };

  test("a break with 5 s left at the kill and 2 s of downtime probes 3 s after the restart", async () => {
    const world = await withFiveSecondsLeft();
    await world.restart(2_000);
    const restartedAt = world.clock.now();
    expect(world.admission()).toMatchObject({ state: "open", decision: "queue", nextProbeAt: restartedAt + 3_000 });
    await world.seconds(10);
    expect(world.graph.probedAt[0]! - restartedAt).toBe(3_000);
  });

  test("a break that ended during the downtime probes at once", async () => {
    const world = await withFiveSecondsLeft();
    await world.restart(60_000);
    const restartedAt = world.clock.now();
    await world.clock.advance(1);
    expect(world.graph.probedAt).toEqual([restartedAt]);
  });

  test("a wall clock that went back between two processes does not make a break longer than it is", async () => {
    const world = await withFiveSecondsLeft();
    world.plane.stop();
    world.clock.jump(-3_600_000);
    await world.restart(2_000);
    const restartedAt = world.clock.now();
    await world.seconds(8);
    expect(world.graph.probedAt[0]! - restartedAt).toBe(8_000);
  });

  test("a wall clock that goes back or forth in a process moves no break", async () => {
    for (const hours of [-1, 1]) {
      const world = await withFiveSecondsLeft();
      world.clock.jump(hours * 3_600_000);
      const status = world.plane.status().breakers[0];
      expect(status!.nextProbeAt! - world.clock.now(), "what a status says is left").toBe(5_000);
      await world.clock.advance(4_999);
      expect(world.graph.probedAt).toHaveLength(0);
      await world.clock.advance(1);
      expect(world.graph.probedAt).toHaveLength(1);
      await world.clock.advance(20);
      // What callers are told to wait is counted from the clock they see.
      const { nextProbeAt } = world.admission();
      expect(nextProbeAt! - world.clock.now()).toBe(16_000);
    }
  });

  test("a closed breaker probes before it lets a call through again", async () => {
    const world = await started();
    world.graph.up = false;
    await world.restart(1_000);
    expect(world.admission()).toMatchObject({ state: "probing", decision: "queue" });
    await world.clock.advance(20);
    expect(world.admission().state).toBe("open");
  });

  test("a breaker restored while probing still knows that its condition is raised", async () => {
    const world = await started();
    world.lose();
    world.graph.latencyMs = () => 2_000;
    await world.clock.advance(1_500);
    expect(world.state("breaker:graph")).toBe("probing");
    await world.restart(100);
    expect(world.modes()).toEqual(["local_queue:graph"]);
    expect(world.state("local_queue:graph")).toBe("queueing");
  });

  test("modes, drains and incidents go on where they were", async () => {
    const world = await started();
    world.lose();
    world.graph.waiting = 1_000;
    world.graph.up = true;
    await world.seconds(2);
    expect(world.state("drain:graph")).toBe("draining");
    await world.restart(500);
    expect(world.state("local_queue:graph")).toBe("draining");
    await world.seconds(15);
    expect(world.state("drain:graph")).toBe("empty");
    expect(world.modes()).toEqual(["normal"]);
  });

  test("a drain gives back the proof that it was given, also after a restart", async () => {
    const world = await started();
    world.lose();
    Object.assign(world.graph, { up: true, waiting: 300, watermark: 77 });
    await world.seconds(2);
    expect(world.state("drain:graph")).toBe("draining");
    await world.restart(100);
    await world.seconds(10);
    expect(world.graph.verified).toMatchObject([{ watermark: 77, proof: "proof of 77" }]);
  });

  test("an acknowledged page does not ring again; an unacknowledged one does", async () => {
    const world = await started();
    world.lose();
    await world.seconds(200);
    expect(world.pages).toHaveLength(1);
    await world.restart(1_000);
    expect(world.pages).toHaveLength(2);
    world.acknowledge();
    await world.restart(1_000);
    expect(world.pages).toHaveLength(2);
  });

  test.each([
    ["of another version", { version: 99 }],
    ["that is not JSON", { state: "{" }],
    ["of a state that is gone", { state: '"half_open"' }],
    ["whose context is not an object", { context: "[]" }],
  ])("a record %s is said, and its machine starts anew", async (_, change) => {
    const world = await started();
    const record = world.records.get("breaker:graph")!;
    world.records.set("breaker:graph", { ...record, ...change });
    await world.restart(1_000);
    expect(world.logged.some(({ level, fields }) => level === "warn" && fields["machine"] === "breaker:graph")).toBe(
      true,
    );
    await world.seconds(1);
    expect(world.admission().state).toBe("closed");
  });
});

describe("invariant 8, failures stay in their subtree", () => {
  test("the crash of a breaker queues its dependency at once, and a fresh one probes before it closes", async () => {
    const world = await started(["graph", "search"]);
    world.crash("breaker:graph");
    expect(world.admission()).toMatchObject({ state: "ownerless", decision: "queue" });
    expect(world.failCalls()).toBe(false);
    expect(world.plane.requestProbe("graph", world.person("why"))).toBe(false);
    await world.clock.advance(99);
    expect(world.admission().state).toBe("ownerless");
    await world.clock.advance(1);
    expect(world.admission()).toMatchObject({ state: "probing", decision: "queue" });
    await world.clock.advance(20);
    expect(world.admission()).toMatchObject({ state: "closed", decision: "run" });
    expect(world.transitionsOf("breaker:graph").slice(-3)).toEqual([
      "closed -> fallen",
      "fallen -> probing",
      "probing -> closed",
    ]);
  });

  test("siblings never notice", async () => {
    const world = await started(["graph", "search"]);
    const before = world.plane.actor("breaker:search");
    for (let fall = 0; fall < 8; fall++) {
      world.crash("breaker:graph");
      await world.seconds(31);
    }
    expect(world.plane.actor("breaker:search")).toBe(before);
    expect(world.transitionsOf("breaker:search")).toEqual(["probing -> closed"]);
    expect(
      world.policies.every(({ dependencies }, index) => index < 8 || dependencies["search"]?.decision === "run"),
    ).toBe(true);
  });

  test("the crash of a drain loses no backlog and no dispute", async () => {
    const world = await started();
    world.lose();
    Object.assign(world.graph, { up: true, waiting: 3, verification: { ok: false, detail: "one is missing" } });
    await world.seconds(2);
    expect(world.state("drain:graph")).toBe("disputed");
    world.crash("drain:graph");
    expect(world.plane.acceptDrain("graph", world.person("fine"))).toBe(false);
    await world.seconds(1);
    expect(world.state("drain:graph")).toBe("disputed");

    world.plane.acceptDrain("graph", world.person("fine"));
    Object.assign(world.graph, { waiting: 500, verification: { ok: true, detail: "fine" } });
    world.lose();
    world.graph.up = true;
    await world.seconds(2);
    expect(world.state("drain:graph")).toBe("draining");
    world.crash("drain:graph");
    expect(world.graph.draining).toBe(0);
    expect(world.modes()).toEqual(["local_queue:graph"]);
    await world.seconds(10);
    expect(world.state("drain:graph")).toBe("empty");
    expect(world.modes()).toEqual(["normal"]);
  });

  test("the crash of an incident stops the remedy it had invoked", async () => {
    const world = await started();
    world.graph.latencyMs = () => 3_000;
    world.graph.staleConnections = true;
    world.failCalls();
    await world.seconds(8);
    expect(world.find("reconnect:graph")?.getSnapshot().value).toBe("awaiting_probe");
    world.crash("incident:dependency_unavailable:graph");
    expect(world.find("reconnect:graph")).toBeUndefined();
    world.plane.stop();
    expect(world.timers).toBe(0);
  });

  test("the crash of a remedy is a remedy that failed", async () => {
    const world = await started();
    world.graph.latencyMs = () => 3_000;
    world.graph.staleConnections = true;
    world.failCalls();
    await world.seconds(8);
    world.crash("reconnect:graph");
    expect(world.transitionsOf("reconnect:graph").at(-1)).toBe("awaiting_probe -> fallen");
    expect(world.incident("dependency_unavailable:graph")).toMatchObject({ state: "cooling_down", attempts: 1 });
  });

  test("what a newborn knows replaces the record of the one that fell, before anything else happens to it", async () => {
    const world = await started();
    world.lose();
    expect(world.records.get("breaker:graph")?.state).toBe('"open"');
    world.crash("breaker:graph");
    await world.clock.advance(100);
    expect(world.records.get("breaker:graph")?.state).toBe('"probing"');
  });

  test("a fresh breaker knows that its predecessor's condition was raised", async () => {
    const world = await started();
    world.lose();
    world.crash("breaker:graph");
    await world.clock.advance(110);
    expect(world.admission().state).toBe("probing");
    expect(world.state("local_queue:graph")).toBe("queueing");
    world.graph.up = true;
    await world.seconds(5);
    expect(world.modes()).toEqual(["normal"]);
  });

  test("the pause before a restart doubles up to the longest, and a child that has settled begins anew", async () => {
    const world = await started();
    const pauses: number[] = [];
    for (let fall = 0; fall < 11; fall++) {
      const fellAt = world.clock.now();
      world.crash("breaker:graph");
      for (let waits = 0; waits < 400 && world.state("breaker:graph") === "fallen"; waits++)
        await world.clock.advance(100);
      pauses.push(world.clock.now() - fellAt);
    }
    expect(pauses).toEqual([100, 200, 400, 800, 1_600, 3_200, 6_400, 12_800, 25_600, 30_000, 30_000]);
    await world.seconds(61);
    expect(world.plane.status().actors.find(({ id }) => id === "breaker:graph")).toMatchObject({
      falls: 0,
      givenUp: false,
    });
    world.crash("breaker:graph");
    await world.clock.advance(100);
    expect(world.state("breaker:graph")).toBe("probing");
  });

  test("over the limit a person is called once, and it is tried again all the same", async () => {
    const world = await started();
    for (let fall = 0; fall < 8; fall++) {
      world.crash("breaker:graph");
      await world.seconds(31);
      expect(world.pages.length).toBe(fall < 5 ? 0 : 1);
    }
    expect(world.pages).toMatchObject([{ subject: "breaker:graph" }]);
    expect(world.plane.status().actors.find(({ id }) => id === "breaker:graph")).toMatchObject({
      falls: 8,
      givenUp: true,
    });
    expect(world.admission().state).toBe("closed");
  });

  test("a crash of the supervisor queues everything, and everyone comes back with what they alone knew", async () => {
    const world = await started(["graph", "search"]);
    const { generation } = world.admission();
    world.crash("supervisor");
    expect(world.admission("graph")).toMatchObject({ state: "ownerless", decision: "queue" });
    expect(world.admission("search")).toMatchObject({ state: "ownerless", decision: "queue" });
    await world.seconds(1);
    expect(world.admission().state).toBe("closed");
    expect(world.admission().generation).toBeGreaterThan(generation);
    expect(world.modes()).toEqual(["normal"]);
  });

  test("root refuses a step that throws, and goes on", async () => {
    const world = await started();
    world.crash("root");
    world.lose();
    expect(world.admission().state).toBe("open");
    expect(world.logged.some(({ message }) => message.includes("root refused"))).toBe(true);
  });

  test("a listener or a store that throws disturbs nobody", async () => {
    const world = new World(["graph"]);
    world.plane.onPolicy(() => {
      throw new Error("a bad listener");
    });
    world.plane.onTransition(() => {
      throw new Error("a bad listener");
    });
    const push = world.transitions.push.bind(world.transitions);
    world.transitions.push = () => {
      throw new Error("the store is lost");
    };
    world.start();
    await world.seconds(1);
    expect(world.admission().state).toBe("closed");
    world.transitions.push = push;
  });

  test("a probe that throws or never ends is a failed probe", async () => {
    const world = await started();
    world.lose();
    world.graph.latencyMs = () => {
      throw new Error("a bad probe");
    };
    await world.clock.advance(1_100);
    expect(world.plane.status().breakers[0]?.lastFailure?.code).toBe("probe_threw");
    world.graph.latencyMs = () => 10_000_000;
    await world.seconds(20);
    expect(world.plane.status().breakers[0]?.lastFailure?.code).toBe("probe_timeout");
  });

  test.each(["closed", "open", "draining"])("stop leaves nothing behind: %s", async (when) => {
    const world = await started(["graph", "search"]);
    if (when !== "closed") world.lose();
    if (when === "draining") {
      Object.assign(world.graph, { up: true, waiting: 1_000 });
      await world.seconds(2);
      expect(world.graph.draining).toBe(1);
    }
    world.crash("local_queue:search");
    world.plane.stop();
    expect(world.clock.pending).toBe(0);
    expect(world.graph.draining).toBe(0);
    const said = world.transitions.length + world.policies.length;
    await world.seconds(600);
    expect(world.transitions.length + world.policies.length).toBe(said);
    expect(world.failCalls()).toBe(false);
  });
});
