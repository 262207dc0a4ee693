import { describe, expect, test } from "vitest";
import { until } from "../support/ledger.ts";
import { serveKitchen } from "./server-kitchen.ts";

describe("health", () => {
  test("is healthy while nothing is wrong, and says what it could not measure", async () => {
    const { client } = await serveKitchen({ sensors: { eventLoopDelayMs: () => 1 } });
    await until("it to be well", async () => (await client.health.summary.query()).status === "healthy");
    const { issues, unmeasured } = await client.health.summary.query();
    expect(issues).toEqual([]);
    // Nothing was executed: that is neither good nor bad news.
    await until("a reading", async () => (await client.health.summary.query()).unmeasured.length < 6);
    expect((await client.health.summary.query()).unmeasured).toContain("errorRate");
    expect(unmeasured.length).toBeGreaterThan(0);
    expect(await client.health.live.query()).toEqual({ status: "alive" });
    expect(await client.health.ready.query()).toMatchObject({ ready: true, status: "ready", modes: ["normal"] });
  });

  test("is degraded, and ready, while the graph is down: it says why, since when, and what to do", async () => {
    const { client, faulty } = await serveKitchen({ config: { breaker: { initialBreakMs: 60_000 } } });
    faulty.cut();
    await client.operations.submit.mutate({ name: "equipment.record", input: { id: "f", celsius: 1 }, enqueue: true });
    await until("open", async () =>
      (await client.health.summary.query()).issues.some(({ code }) => code === "breaker_open"),
    );
    const { status, issues } = await client.health.summary.query();
    expect(status).toBe("degraded");
    expect(issues.find(({ code }) => code === "breaker_open")).toMatchObject({
      subject: "graph",
      severity: "degraded",
      recommendation: expect.stringContaining("reset its breaker"),
    });
    expect(await client.health.ready.query()).toMatchObject({ ready: true, status: "degraded" });
  });

  test("is critical when three kinds of trouble come together", async () => {
    const { client, faulty } = await serveKitchen({ config: { breaker: { initialBreakMs: 60_000 } } });
    await client.operations.submit.mutate({ name: "equipment.calibrate", input: { id: "f" }, enqueue: true });
    await until("a letter", async () => (await client.deadLetters.list.query({})).rows.length === 1);
    faulty.cut();
    await client.operations.submit.mutate({ name: "equipment.record", input: { id: "f", celsius: 1 }, enqueue: true });
    await client.degradation.switchMonitoring.mutate({ enabled: false, reason: "looking" });
    await until("critical", async () => (await client.health.summary.query()).status === "critical");
    const { issues } = await client.health.summary.query();
    expect(issues.map(({ code }) => code)).toEqual(
      expect.arrayContaining(["not_monitored", "breaker_open", "dead_letters"]),
    );
  });
});

describe("incidents", () => {
  test("are there for every condition, each with its ladder; those of a lost graph are open", async () => {
    const { client, faulty } = await serveKitchen({ config: { breaker: { initialBreakMs: 60_000 } } });
    const quiet = await client.incidents.list.query();
    expect(quiet.map(({ id }) => id)).toEqual(
      expect.arrayContaining(["memory_exhaustion", "dependency_unavailable:graph"]),
    );
    faulty.cut();
    await client.operations.submit.mutate({ name: "equipment.record", input: { id: "f", celsius: 1 }, enqueue: true });
    const id = "dependency_unavailable:graph";
    await until("open", async () => (await client.incidents.get.query({ condition: id })).isOpen);
    expect(await client.incidents.get.query({ condition: id })).toMatchObject({
      condition: "dependency_unavailable",
      dependency: "graph",
      ladder: ["reconnect", "reconnect", "reconnect"],
      rung: "reconnect",
      paged: false,
      acknowledged: false,
      nextAt: expect.any(Number),
    });
    expect(await client.incidents.acknowledge.mutate({ condition: id, reason: "early" })).toEqual({
      status: "not_paged",
    });
    await expect(client.incidents.get.query({ condition: "nonsense" })).rejects.toMatchObject({
      data: { reason: "not_found" },
    });
    expect(await client.dependencies.acceptDrain.mutate({ name: "graph", reason: "early" })).toEqual({
      status: "not_disputed",
    });
  });
});

describe("an incident that nobody could remedy", () => {
  test("calls a person, is critical, and shows who calls, until somebody takes over", async () => {
    const { client, faulty } = await serveKitchen({
      config: { breaker: { initialBreakMs: 60_000 }, incident: { pageAfterOutageMs: 50 } },
    });
    const id = "dependency_unavailable:graph";
    faulty.cut();
    await client.operations.submit.mutate({ name: "equipment.record", input: { id: "f", celsius: 1 }, enqueue: true });
    await until("a call", async () => (await client.incidents.get.query({ condition: id })).paged);
    const { status, issues } = await client.health.summary.query();
    expect(status).toBe("critical");
    expect(issues.find(({ code }) => code === "person_called")).toMatchObject({ subject: id, severity: "critical" });
    const actors = await client.machines.actors.query();
    expect(actors.find(({ machine }) => machine === "page")).toMatchObject({
      id: expect.stringMatching(/^page:/),
      invokedBy: `incident:${id}`,
      state: ["calling"],
      fallen: false,
    });
    expect(await client.incidents.acknowledge.mutate({ condition: id, reason: "looking" })).toEqual({
      status: "acknowledged",
    });
    expect(await client.incidents.get.query({ condition: id })).toMatchObject({ paged: false, acknowledged: true });
    expect((await client.machines.actors.query()).some(({ machine }) => machine === "page")).toBe(false);
    expect((await client.health.summary.query()).issues.map(({ code }) => code)).not.toContain("person_called");
  });
});

describe("what the library knows of itself", () => {
  test("is told: the policy in force, the last measurements, and its operations", async () => {
    const { client, server } = await serveKitchen();
    await until("the first probe", () => server.runtime.policy.dependencies["graph"]?.state === "closed");
    expect(await client.degradation.policy.query()).toMatchObject({
      byPriority: { critical: "run", deferred: "run" },
      dependencies: { graph: { decision: "run" } },
      concurrencyFactor: 1,
    });
    await until("a reading", async () => (await client.degradation.measurements.query()) !== null);
    expect((await client.degradation.measurements.query())?.at).toBeGreaterThan(0);
    const definitions = await client.operations.definitions.query();
    expect(definitions.find(({ name }) => name === "equipment.record")).toEqual({
      name: "equipment.record",
      version: 1,
      dependsOn: ["graph"],
      priority: "normal",
      permission: "operation.submit",
      queueable: true,
      isOrdered: true,
      isBatched: false,
      answerWithinMs: server.runtime.config.operations.answerWithinMs,
      attemptTimeoutMs: server.runtime.config.operations.attemptTimeoutMs,
      expiresAfterMs: server.runtime.config.operations.expiresAfterMs,
      onDeadLetter: "park",
    });
  });
});
