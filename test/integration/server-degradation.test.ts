import { describe, expect, test } from "vitest";
import { until } from "../support/ledger.ts";
import { serveKitchen } from "./server-kitchen.ts";

describe("degradation.status", () => {
  test("is normal while all is well", async () => {
    const { client } = await serveKitchen();
    const status = await client.degradation.status.query();
    expect(status).toMatchObject({ phase: "running", currentMode: "normal", activeTriggers: [], operationsQueued: 0 });
    expect(status.modes).toMatchObject([{ mode: "normal", reason: expect.any(String) }]);
    expect(status.dependencies).toMatchObject([{ name: "graph", state: "closed", decision: "run", inUse: 0 }]);
    expect(status.nextHealthCheckAt).toBeUndefined();
  });

  test("while the graph is down says which mode is in force since when, why, what waits, and when it is probed next", async () => {
    const { client, faulty } = await serveKitchen({
      config: { breaker: { initialBreakMs: 2_000, probeTimeoutMs: 1_000 } },
    });
    const before = Date.now();
    faulty.cut();
    for (let number = 1; number <= 5; number += 1)
      await client.operations.submit.mutate({
        name: "equipment.record",
        input: { id: `fryer-${number}`, celsius: 1 },
        enqueue: true,
      });
    await until("local_queue", async () => (await client.degradation.status.query()).currentMode === "local_queue");
    await until(
      "the breaker to wait for its probe",
      async () => (await client.degradation.status.query()).nextHealthCheckAt !== undefined,
    );
    await until(
      "what was begun to be given back",
      async () => (await client.degradation.status.query()).operationsQueued === 5,
    );
    const status = await client.degradation.status.query();

    expect(status.since).toBeGreaterThanOrEqual(before);
    expect(status.modes[0]).toMatchObject({ mode: "local_queue", dependency: "graph", step: "queueing" });
    expect(status.modes[0]?.reason).not.toBe("");
    expect(status.activeTriggers).toMatchObject([
      { trigger: "circuit_breaker_open", dependency: "graph", since: status.since },
    ]);
    expect(status.operationsQueued).toBe(5);
    expect(status.nextHealthCheckAt).toBeGreaterThan(before);
    expect(status.dependencies[0]).toMatchObject({
      name: "graph",
      state: "open",
      decision: "queue",
      lastFailure: { code: "connection_lost" },
    });

    faulty.restore();
    await until("normal", async () => (await client.degradation.status.query()).currentMode === "normal");
    const after = await client.degradation.status.query();
    expect(after).toMatchObject({ operationsQueued: 0, activeTriggers: [], ended: { completed: 5, dead: 0 } });
  });
});
