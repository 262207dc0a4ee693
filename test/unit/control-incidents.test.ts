import { describe, expect, test } from "vitest";
import type { PartialRuntimeConfig } from "../../config/types.ts";
import { SERVICE_CONDITION_KINDS } from "../../machines/contracts/conditions.ts";
import { World } from "../model/control-world.ts";

const started = async (config: PartialRuntimeConfig = {}): Promise<World> => {
  const world = new World(["graph"], config);
  world.start();
  await world.seconds(1);
  return world;
};

/** What the incident of a condition went through, its last state last. */
const story = (world: World, condition: string): string[] =>
  world.transitionsOf(`incident:${condition}`).map((step) => step.split(" -> ")[1] ?? "");

const tried = (world: World, condition: string) =>
  world.incident(condition)?.remedies.map(({ remedy, result }) => `${remedy} ${result}`);

describe("there is an incident for every condition", () => {
  test("and each is quiet until its condition is raised", async () => {
    const world = await started();
    const { incidents } = world.plane.status();
    expect(
      incidents.map(({ condition, dependency }) => [condition, dependency].filter(Boolean).join(":")).toSorted(),
    ).toEqual([...SERVICE_CONDITION_KINDS, "connection_failures:graph", "dependency_unavailable:graph"].toSorted());
    expect(incidents.every(({ state, attempts }) => state === "quiet" && attempts === 0)).toBe(true);
    world.raise("queue_overflow");
    expect(world.plane.status().incidents.filter(({ state }) => state !== "quiet")).toMatchObject([
      { condition: "queue_overflow", state: "assessing" },
    ]);
  });
});

describe("memory exhaustion", () => {
  test("is met by a relief, which is believed when the condition has gone", async () => {
    const world = await started();
    world.freed = 0.3;
    world.raise("memory_exhaustion");
    await world.seconds(10);
    expect(world.reliefs).toBe(1);
    expect(world.transitionsOf("memory_relief")).toEqual([
      "relieving -> settling",
      "settling -> measuring",
      "measuring -> relieved",
    ]);
    expect(world.incident("memory_exhaustion")).toMatchObject({
      state: "verifying",
      remedies: [{ result: "verifying", detail: "95.0 % of memory in use before, 65.0 % after" }],
    });
    world.clear("memory_exhaustion");
    expect(tried(world, "memory_exhaustion")).toEqual(["relieve_memory helped"]);
    await world.seconds(61);
    expect(story(world, "memory_exhaustion")).toEqual([
      "assessing",
      "attempting.relieving_memory",
      "verifying",
      "cooling_down",
      "quiet",
    ]);
    expect(world.pages).toEqual([]);
  });

  test("whose relief frees nothing is a relief that failed; after the second a person is called", async () => {
    const world = await started();
    world.raise("memory_exhaustion");
    await world.seconds(10);
    expect(world.incident("memory_exhaustion")).toMatchObject({
      state: "cooling_down",
      attempts: 1,
      rung: "relieve_memory",
      remedies: [{ result: "failed", detail: "95.0 % of memory in use before, 95.0 % after, less than 2.0 % freed" }],
    });
    await world.seconds(80);
    expect(world.reliefs).toBe(2);
    expect(world.incident("memory_exhaustion")).toMatchObject({ state: "paged", attempts: 2 });
    expect(world.incident("memory_exhaustion")).not.toHaveProperty("rung");
    expect(world.pages).toMatchObject([{ subject: "incident:memory_exhaustion" }]);
  });

  test("that stays although memory fell is a relief that failed, after longer than the trigger's leave dwell", async () => {
    const world = await started();
    world.freed = 0.1;
    world.raise("memory_exhaustion");
    await world.seconds(5 * 60 + 30);
    expect(world.incident("memory_exhaustion")?.state).toBe("verifying");
    await world.seconds(60);
    expect(world.incident("memory_exhaustion")).toMatchObject({ state: "cooling_down", attempts: 1 });
    expect(tried(world, "memory_exhaustion")).toEqual(["relieve_memory failed"]);
  });

  test("is verified for as long as its trigger sees it going, however long the dwell has grown", async () => {
    const world = await started();
    world.freed = 0.3;
    world.raise("memory_exhaustion");
    await world.seconds(60);
    world.triggerSays("memory_exhaustion", "falling");
    await world.seconds(1_200);
    expect(world.incident("memory_exhaustion")).toMatchObject({ state: "verifying", attempts: 0 });
    world.clear("memory_exhaustion");
    expect(tried(world, "memory_exhaustion")).toEqual(["relieve_memory helped"]);
  });

  test("in a service that has nothing to relieve, or cannot measure, says so", async () => {
    for (const [missing, detail] of [
      ["relieveMemory", "nothing to relieve"],
      ["measureMemory", "memory could not be measured"],
    ] as const) {
      const world = new World(["graph"], {}, undefined, { [missing]: undefined });
      world.start();
      await world.seconds(1);
      world.raise("memory_exhaustion");
      await world.seconds(10);
      expect(world.incident("memory_exhaustion")?.remedies).toMatchObject([{ result: "failed", detail }]);
    }
  });

  test("whose relief throws or hangs is a relief that failed", async () => {
    const hang = () => new Promise<never>(() => {});
    for (const [relieveMemory, detail] of [
      [() => Promise.reject(new Error("planted")), "the relief threw"],
      [hang, "not done within 30000 ms"],
    ] as const) {
      const world = new World(["graph"], {}, undefined, { relieveMemory });
      world.start();
      await world.seconds(1);
      world.raise("memory_exhaustion");
      await world.seconds(40);
      expect(world.incident("memory_exhaustion")?.remedies).toMatchObject([{ result: "failed", detail }]);
    }
  });

  test.each([
    [0.3, "verifying", "95.0 % of memory in use before, 65.0 % after; 1 of 2 callbacks ran; one threw TypeError"],
    [
      0,
      "failed",
      "95.0 % of memory in use before, 95.0 % after, less than 2.0 % freed; 1 of 2 callbacks ran; one threw TypeError",
    ],
  ] as const)(
    "of whose callbacks one throws is judged by what memory does all the same, and the fault is told: %d freed",
    async (freed, result, detail) => {
      const world: World = new World(["graph"], {}, undefined, {
        relieveMemory: async () => {
          world.memory -= freed;
          return { ok: false, tried: true, detail: "1 of 2 callbacks ran; one threw TypeError" };
        },
      });
      world.start();
      await world.seconds(1);
      world.raise("memory_exhaustion");
      await world.seconds(10);
      expect(world.incident("memory_exhaustion")?.remedies).toMatchObject([{ result, detail }]);
    },
  );

  test("that goes while a relief is at work overtakes it, and counts for nothing", async () => {
    const world = await started();
    world.raise("memory_exhaustion");
    await world.seconds(2);
    expect(world.incident("memory_exhaustion")?.state).toBe("attempting.relieving_memory");
    world.clear("memory_exhaustion");
    expect(world.incident("memory_exhaustion")).toMatchObject({ state: "cooling_down", attempts: 0 });
    expect(tried(world, "memory_exhaustion")).toEqual(["relieve_memory overtaken"]);
    expect(world.find("memory_relief")).toBeUndefined();
  });
});

describe("a lost storage thread", () => {
  test("is restarted, and the restart is believed when the condition has gone", async () => {
    const world = await started();
    world.raise("storage_unavailable");
    await world.seconds(1);
    expect(world.transitionsOf("worker_restart")).toEqual(["restarting -> verifying", "verifying -> restarted"]);
    expect(world.incident("storage_unavailable")?.state).toBe("verifying");
    world.clear("storage_unavailable");
    await world.seconds(61);
    expect(world.incident("storage_unavailable")).toMatchObject({ state: "quiet", attempts: 0 });
  });

  test("that lives again and does not work is a restart that failed; after the last a person is called", async () => {
    const world = await started();
    world.works = false;
    world.raise("storage_unavailable");
    await world.seconds(200);
    expect(tried(world, "storage_unavailable")).toEqual(Array(3).fill("restart_worker failed"));
    expect(world.incident("storage_unavailable")).toMatchObject({ state: "paged", attempts: 3 });
  });

  test("that nobody can restart says so", async () => {
    const world = new World(["graph"], {}, undefined, { restartWorker: undefined });
    world.start();
    await world.seconds(1);
    world.raise("storage_unavailable");
    await world.seconds(1);
    expect(world.incident("storage_unavailable")?.remedies).toMatchObject([
      { result: "failed", detail: "this worker cannot be restarted" },
    ]);
  });
});

describe("a dependency that flaps", () => {
  test("is probed, then connected anew, then a person is called", async () => {
    const world = await started();
    world.raise("connection_failures", "graph");
    await world.seconds(70);
    expect(world.incident("connection_failures:graph")?.remedies).toMatchObject([
      { remedy: "ask_for_probe", result: "failed", detail: "its breaker is closed: there is nothing to ask" },
      { remedy: "reconnect", result: "verifying", detail: "a new driver; the breaker is closed" },
    ]);
    expect(world.graph.reconnects).toBe(1);
    await world.seconds(400);
    expect(world.incident("connection_failures:graph")).toMatchObject({ state: "paged", attempts: 2 });
    expect(tried(world, "connection_failures:graph")).toEqual(["ask_for_probe failed", "reconnect failed"]);
  });

  test("and is back while its breaker is in a long break is found by the probe that its incident asks for", async () => {
    const world = new World(["graph"], { breaker: { initialBreakMs: 30_000 } });
    world.start();
    await world.seconds(1);
    world.failCalls();
    world.raise("connection_failures", "graph");
    await world.seconds(1);
    expect(world.admission().state).toBe("closed");
    expect(world.transitionsOf("probe_request:graph")).toEqual(["asking -> answered"]);
    expect(world.incident("connection_failures:graph")?.state).toBe("verifying");
  });

  test("and is lost as well: its two incidents share one rebuild of its connections", async () => {
    const world = await started({ incident: { cooldownMs: 1_000 } });
    const latencies = [20, 4_000];
    world.graph.latencyMs = () => latencies.shift() ?? 20;
    world.graph.staleConnections = true;
    world.failCalls();
    world.raise("connection_failures", "graph");
    await world.seconds(3);
    expect(world.incident("dependency_unavailable:graph")?.state).toBe("attempting.reconnecting");
    expect(world.incident("connection_failures:graph")?.state).toBe("attempting.reconnecting");
    await world.seconds(3);
    expect(world.graph.reconnects).toBe(1);
    expect(world.admission().state).toBe("closed");
    expect(world.incident("connection_failures:graph")?.state).toBe("verifying");
  });

  test("while a person holds its breaker open is left alone", async () => {
    const world = await started();
    world.order("force_open");
    world.raise("connection_failures", "graph");
    await world.seconds(600);
    expect(world.incident("connection_failures:graph")).toMatchObject({ state: "assessing", attempts: 0 });
    expect(world.pages).toEqual([]);
  });
});

describe("what no remedy can help", () => {
  test.each(["high_error_rate", "queue_overflow", "processing_timeout", "event_loop_overload"] as const)(
    "calls a person when it lasts, and is never said to be tried: %s",
    async (kind) => {
      const world = await started();
      world.raise(kind);
      await world.seconds(299);
      expect(world.incident(kind)).toMatchObject({ state: "assessing" });
      expect(world.pages).toEqual([]);
      await world.seconds(2);
      expect(world.incident(kind)).toMatchObject({ state: "paged", attempts: 0, remedies: [] });
      expect(world.pages).toMatchObject([
        { subject: `incident:${kind}`, cause: { what: "it lasts, and no remedy can help" } },
      ]);
      world.clear(kind);
      await world.seconds(61);
      expect(world.incident(kind)?.state).toBe("quiet");
    },
  );

  test("and goes in time calls nobody", async () => {
    const world = await started();
    world.raise("high_error_rate");
    await world.seconds(200);
    world.clear("high_error_rate");
    await world.seconds(600);
    expect(story(world, "high_error_rate")).toEqual(["assessing", "quiet"]);
    expect(world.pages).toEqual([]);
  });

  test("waits out only time in which somebody observed", async () => {
    const world = await started();
    world.raise("queue_overflow");
    await world.seconds(200);
    world.plane.stop();
    await world.restart(600_000);
    world.raise("queue_overflow");
    expect(world.incident("queue_overflow")?.state).toBe("assessing");
    await world.seconds(301);
    expect(world.incident("queue_overflow")?.state).toBe("paged");
  });
});

describe("an outage that lasts", () => {
  test("calls a person after its time, whatever is left to try", async () => {
    const world = await started({ incident: { pageAfterOutageMs: 120_000 } });
    world.lose();
    await world.seconds(180);
    expect(world.incident("dependency_unavailable:graph")).toMatchObject({ state: "paged", attempts: 2 });
    expect(world.pages).toMatchObject([{ cause: { what: "it has lasted 120000 ms" } }]);
  });
});

describe("a page", () => {
  const paged = async (): Promise<World> => {
    const world = await started();
    world.raise("queue_overflow");
    await world.seconds(301);
    expect(world.pages).toHaveLength(1);
    return world;
  };

  test("rings again after pauses that grow, and says when nobody can be reached", async () => {
    const world = await paged();
    await world.seconds(4 * 3_600);
    const pauses = world.pages.slice(1).map(({ at }, index) => (at - (world.pages[index]?.at ?? 0)) / 60_000);
    expect(pauses).toEqual([11, 21, 41, 81]);
    expect(world.transitionsOf("page:incident:queue_overflow").at(-1)).toBe("calling -> unreachable");
    expect(world.incident("queue_overflow")).toMatchObject({
      state: "paged",
      cause: { what: "nobody answered 5 calls" },
    });
  });

  test("is silent once a person has acknowledged it, also over a crash and a restart", async () => {
    const world = await paged();
    expect(world.plane.acknowledgePage("queue_overflow", world.person("took over"))).toBe("acknowledged");
    expect(world.incident("queue_overflow")).toMatchObject({
      state: "acknowledged",
      cause: { actor: "person:anna", what: "took over" },
    });
    expect(world.find("page:incident:queue_overflow")).toBeUndefined();
    world.crash("incident:queue_overflow");
    await world.seconds(10);
    expect(world.incident("queue_overflow")?.state).toBe("acknowledged");
    await world.seconds(4 * 3_600);
    expect(world.pages).toHaveLength(1);
  });

  test("cannot be acknowledged where none rings, nor while its incident is down", async () => {
    const world = await paged();
    const { plane } = world;
    expect(plane.acknowledgePage("memory_exhaustion", world.person("me"))).toBe("not_paged");
    world.crash("incident:queue_overflow");
    expect(plane.acknowledgePage("queue_overflow", world.person("me"))).toBe("unavailable");
    await world.seconds(1);
    expect(plane.acknowledgePage("queue_overflow", world.person("me"))).toBe("not_paged");
  });

  test("ends when the condition goes, and a new one calls anew", async () => {
    const world = await paged();
    world.clear("queue_overflow");
    await world.seconds(61);
    expect(world.incident("queue_overflow")?.state).toBe("quiet");
    world.raise("queue_overflow");
    await world.seconds(301);
    expect(world.pages).toHaveLength(2);
  });
});

describe("auto recovery", () => {
  test("switched off, a person is called where a remedy is due; switched on, the incident goes on", async () => {
    const world = await started();
    expect(world.plane.switchAutoRecovery(false, world.person("by hand today"))).toBe(true);
    expect(world.plane.status().autoRecovery).toMatchObject({
      enabled: false,
      cause: { actor: "person:anna", what: "by hand today" },
    });
    world.raise("memory_exhaustion");
    await world.seconds(30);
    expect(world.reliefs).toBe(0);
    expect(world.incident("memory_exhaustion")).toMatchObject({ state: "paged", attempts: 0 });
    expect(world.pages).toMatchObject([{ cause: { what: "a remedy is due, and auto recovery is off" } }]);
    world.plane.switchAutoRecovery(true, world.person("go on"));
    await world.seconds(2);
    expect(world.incident("memory_exhaustion")?.state).toBe("attempting.relieving_memory");
  });

  test("switched off, a remedy at work ends, and the next one does not begin", async () => {
    const world = await started();
    world.raise("memory_exhaustion");
    await world.seconds(2);
    world.plane.switchAutoRecovery(false, world.person("stop that"));
    await world.seconds(100);
    expect(world.reliefs).toBe(1);
    expect(story(world, "memory_exhaustion")).toEqual([
      "assessing",
      "attempting.relieving_memory",
      "cooling_down",
      "assessing",
      "paged",
    ]);
  });

  test("switched off, breakers probe and close as ever", async () => {
    const world = await started();
    world.plane.switchAutoRecovery(false, world.person("by hand today"));
    world.lose();
    await world.seconds(5);
    world.graph.up = true;
    await world.seconds(60);
    expect(world.admission().state).toBe("closed");
  });

  test("stays as a person switched it over a restart and over crashes", async () => {
    const world = await started();
    world.plane.switchAutoRecovery(false, world.person("by hand today"));
    await world.restart(1_000);
    expect(world.plane.status().autoRecovery).toMatchObject({ enabled: false, cause: { actor: "person:anna" } });
    world.crash("auto_recovery");
    expect(world.plane.switchAutoRecovery(true, world.person("now"))).toBe(false);
    world.raise("storage_unavailable");
    await world.seconds(5);
    expect(world.plane.status().autoRecovery).toMatchObject({ enabled: false, cause: { actor: "person:anna" } });
    expect(world.incident("storage_unavailable")?.state).toBe("paged");
  });

  test("begins as the configuration says, and follows it over a restart while nobody switched it", async () => {
    const config = { incident: { autoRecovery: false } };
    const world = await started(config);
    expect(world.plane.status().autoRecovery?.enabled).toBe(false);
    config.incident.autoRecovery = true;
    await world.restart(1_000);
    expect(world.plane.status().autoRecovery?.enabled).toBe(true);
  });
});

describe("invariant 8, failures stay in their subtree", () => {
  test.each([
    ["memory_exhaustion", "memory_relief", "relieve_memory"],
    ["storage_unavailable", "worker_restart", "restart_worker"],
  ] as const)("a remedy for %s that crashes is a remedy that failed", async (condition, remedy, name) => {
    const world = await started();
    world.actionMs = () => 500;
    world.raise(condition);
    await world.clock.advance(100);
    world.crash(remedy);
    expect(world.transitionsOf(remedy).at(-1)).toMatch(/ -> fallen$/);
    expect(world.incident(condition)).toMatchObject({ state: "cooling_down", attempts: 1 });
    expect(tried(world, condition)).toEqual([`${name} failed`]);
    expect(world.state(`incident:${condition}`)).toBe("cooling_down");
  });

  test("a probe request that crashes is a remedy that failed", async () => {
    const world = await started();
    world.graph.latencyMs = () => 3_000;
    world.failCalls();
    world.raise("connection_failures", "graph");
    await world.clock.advance(100);
    world.crash("probe_request:graph");
    expect(world.incident("connection_failures:graph")).toMatchObject({ state: "cooling_down", attempts: 1 });
  });

  test("a page that crashes calls again after the rest", async () => {
    const world = await started();
    world.raise("queue_overflow");
    await world.seconds(301);
    world.crash("page:incident:queue_overflow");
    expect(world.incident("queue_overflow")?.state).toBe("cooling_down");
    await world.seconds(5 * 60 + 61);
    expect(world.incident("queue_overflow")?.state).toBe("paged");
    expect(world.pages).toHaveLength(2);
  });

  test("an incident that crashes with a remedy at work counts it as one that failed, and goes on counting", async () => {
    const world = await started();
    world.raise("memory_exhaustion");
    await world.seconds(2);
    world.crash("incident:memory_exhaustion");
    expect(world.find("memory_relief")).toBeUndefined();
    await world.seconds(1);
    expect(tried(world, "memory_exhaustion")).toEqual(["relieve_memory failed", "relieve_memory at_work"]);
    await world.seconds(10);
    expect(world.incident("memory_exhaustion")).toMatchObject({ state: "paged", attempts: 2 });
  });

  test("an incident whose condition goes while it is down begins with none of its predecessor's attempts", async () => {
    const world = await started();
    world.raise("memory_exhaustion");
    await world.seconds(10);
    expect(world.incident("memory_exhaustion")).toMatchObject({ state: "cooling_down", attempts: 1 });
    world.crash("incident:memory_exhaustion");
    world.clear("memory_exhaustion");
    await world.seconds(1);
    expect(world.incident("memory_exhaustion")).toMatchObject({ state: "quiet", attempts: 0 });
  });

  test("an incident that keeps crashing disturbs no sibling", async () => {
    const world = await started();
    world.raise("queue_overflow");
    const sibling = world.plane.actor("incident:memory_exhaustion");
    for (let fall = 0; fall < 8; fall++) {
      world.crash("incident:queue_overflow");
      await world.seconds(31);
    }
    expect(world.plane.actor("incident:memory_exhaustion")).toBe(sibling);
    expect(world.plane.actor("incident:queue_overflow")).toBeDefined();
    expect(world.pages).toMatchObject([{ subject: "incident:queue_overflow" }]);
    expect(world.admission().state).toBe("closed");
  });
});

describe("invariant 7, restart keeps time", () => {
  test("a remedy at work begins anew after a restart, and its attempts count on", async () => {
    const world = await started();
    world.works = false;
    world.raise("storage_unavailable");
    await world.seconds(5);
    expect(world.incident("storage_unavailable")).toMatchObject({ state: "cooling_down", attempts: 1 });
    await world.restart(100);
    world.raise("storage_unavailable");
    expect(world.incident("storage_unavailable")).toMatchObject({ attempts: 1 });
    expect(tried(world, "storage_unavailable")).toEqual(["restart_worker failed"]);
    await world.seconds(61);
    expect(world.incident("storage_unavailable")).toMatchObject({ attempts: 2 });
  });

  test("stop leaves no remedy and no page behind", async () => {
    const world = await started();
    world.raise("memory_exhaustion");
    world.raise("queue_overflow");
    await world.seconds(302);
    world.raise("storage_unavailable");
    await world.clock.advance(10);
    world.plane.stop();
    expect(world.timers).toBe(0);
  });
});
