import { describe, expect, test } from "vitest";
import { until } from "../support/ledger.ts";
import { serveKitchen } from "./server-kitchen.ts";

/** A kitchen whose graph nobody calls: everything waits. */
async function heldKitchen() {
  const served = await serveKitchen();
  await served.client.dependencies.order.mutate({ name: "graph", order: "force_open", reason: "a test" });
  return served;
}

describe("queue.status", () => {
  test("tells what waits, in which pool, since when, and against which limits", async () => {
    const { client, server } = await heldKitchen();
    const record = (id: string) =>
      client.operations.submit.mutate({ name: "equipment.record", input: { id, celsius: 1 }, enqueue: true });
    for (const id of ["a", "a", "a", "b"]) await record(id);
    await until("all to wait", async () => (await client.queue.status.query()).counts.ready === 2);
    const status = await client.queue.status.query();
    expect(status.waitingRows).toBe(4);
    expect(status.counts).toMatchObject({ ready: 2, blocked: 2, running: 0, dead: 0 });
    expect(status.pools).toMatchObject([{ pool: "graph", dependencies: ["graph"], counts: status.counts }]);
    expect(status.pools[0]?.bytes).toBe(status.waitingBytes);
    expect(status.limits.maximumRows).toBe(server.runtime.config.queue.maximumRows);
    expect(status.oldestWaitingMs).toBeGreaterThanOrEqual(0);
  });

  test("measures how fast it comes and goes, and knows nothing of either in its first second", async () => {
    const { client } = await serveKitchen();
    expect((await client.queue.status.query()).rates).toBeNull();
    for (const id of ["a", "b", "c"])
      await client.operations.submit.mutate({ name: "equipment.record", input: { id, celsius: 1 } });
    await until("a rate", async () => (await client.queue.status.query()).rates !== null);
    const { rates, full } = await client.queue.status.query();
    expect(rates?.acceptedPerSecond).toBeGreaterThan(0);
    expect(rates?.endedPerSecond).toBeCloseTo(rates?.acceptedPerSecond ?? 0, 1);
    expect(full).toBeNull();
  });
});

describe("operations.ended", () => {
  test("lists ends newest first, page by page, each once", async () => {
    const { client } = await serveKitchen();
    for (let number = 0; number < 7; number += 1)
      await client.operations.submit.mutate({ name: "equipment.record", input: { id: `${number}`, celsius: 1 } });
    await until("the ends", async () => (await client.operations.ended.query()).rows.length === 7);
    const ended = [];
    for (let after: string | undefined; ; ) {
      const page = await client.operations.ended.query({ limit: 3, ...(after !== undefined && { after }) });
      ended.push(...page.rows);
      if (page.next === undefined) break;
      after = page.next;
    }
    expect(ended.map(({ state }) => state)).toEqual(Array.from({ length: 7 }, () => "completed"));
    expect(new Set(ended.map(({ operationId }) => operationId)).size).toBe(7);
    const times = ended.map(({ endedAt = 0 }) => endedAt);
    expect(times).toEqual(times.toSorted((a, b) => b - a));
    expect((await client.operations.ended.query({ to: 1 })).rows).toEqual([]);
  });
});

describe("queue.lanes", () => {
  test("list what waits behind a dead letter as parked; a letter without an ordering key parks none", async () => {
    const { client } = await serveKitchen();
    for (const id of ["fryer", "grill"])
      await client.operations.submit.mutate({ name: "equipment.calibrate", input: { id }, enqueue: true });
    await until("two letters", async () => (await client.deadLetters.list.query({})).rows.length === 2);
    expect((await client.queue.lanes.query({ state: "parked" })).rows).toEqual([]);
  });

  test("page by page list each lane once, with what stands at its head", async () => {
    const { client } = await heldKitchen();
    for (const id of ["a", "b", "c", "a", "a"])
      await client.operations.submit.mutate({
        name: "equipment.record",
        input: { id, celsius: 1 },
        enqueue: true,
      });
    await until("all to wait", async () => (await client.queue.status.query()).counts.ready === 3);
    const lanes = [];
    let after: string | undefined;
    for (;;) {
      const page = await client.queue.lanes.query({ state: "ready", limit: 2, ...(after !== undefined && { after }) });
      lanes.push(...page.rows);
      if (page.next === undefined) break;
      after = page.next;
    }
    expect(lanes.map(({ behind }) => behind)).toEqual([2, 0, 0]);
    expect(new Set(lanes.map(({ lane }) => lane)).size).toBe(3);
    expect(lanes[0]?.head).toMatchObject({ state: "ready", name: "equipment.record" });

    const byKey = await client.queue.lane.query({ key: "equipment:a" });
    expect(byKey.lane).toBe(lanes[0]?.lane);
    expect(byKey.rows.map(({ state }) => state)).toEqual(["ready", "blocked", "blocked"]);
    expect(byKey.rows.map(({ sequence }) => sequence)).toEqual(
      byKey.rows.map(({ sequence }) => sequence).toSorted((a, b) => a - b),
    );
    const first = await client.queue.lane.query({ lane: byKey.lane, limit: 1 });
    const rest = await client.queue.lane.query({ lane: byKey.lane, after: first.next ?? "" });
    expect([...first.rows, ...rest.rows]).toEqual(byKey.rows);
    expect((await client.queue.lane.query({ key: "equipment:nobody" })).rows).toEqual([]);
  });
});
