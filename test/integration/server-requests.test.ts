import { describe, expect, test } from "vitest";
import { until } from "../support/ledger.ts";
import { rest } from "./rest-request.ts";
import { postRaw, serveKitchen } from "./server-kitchen.ts";

const pin = { mode: "emergency_mode", reason: "the host is being replaced", forMs: 1_800_000 };
const FORCE = "POST /api/v4/degradation/force-mode";

describe("an idempotency key", () => {
  test("makes the same order one order, over REST and over tRPC", async () => {
    const { server } = await serveKitchen();
    const key = { "idempotency-key": "shift-7/pin" };
    const first = await rest(server.url, FORCE, pin, key);
    expect([first.status, first.json]).toMatchObject([200, { status: "pinned", pin: { revision: 1 } }]);
    const again = await rest(server.url, FORCE, pin, key);
    expect([again.status, again.json]).toEqual([200, first.json]);
    const overTrpc = await postRaw(server.url, "degradation.pin", JSON.stringify(pin), key);
    expect(overTrpc.json).toEqual({ result: { data: first.json } });
    // Without it, it is another order.
    expect((await rest(server.url, FORCE, pin)).status).toBe(409);
  });

  test("that belongs to another input is refused", async () => {
    const { server } = await serveKitchen();
    const key = { "idempotency-key": "shift-7/pin" };
    await rest(server.url, FORCE, pin, key);
    const other = await rest(server.url, FORCE, { ...pin, mode: "reduced_performance" }, key);
    expect([other.status, other.json]).toMatchObject([422, { code: "idempotency_key_reused", retryable: false }]);
    const overTrpc = await postRaw(server.url, "degradation.pin", JSON.stringify({ ...pin, forMs: 1 }), key);
    expect([overTrpc.status, overTrpc.json]).toMatchObject([
      422,
      { error: { data: { reason: "idempotency_key_reused" } } },
    ]);
    expect(server.runtime.status().control.policy.pin).toMatchObject({ mode: "emergency_mode", revision: 1 });
  });

  test("of what is submitted is the journal's: the same operation, also when its input has it", async () => {
    const { server } = await serveKitchen();
    const body = { name: "equipment.record", input: { id: "fryer-1", celsius: 1 } };
    const idOf = (answer: { readonly json: unknown }) => (answer.json as { operationId: string }).operationId;
    const first = await rest(server.url, "POST /api/v4/operations", body, { "idempotency-key": "reading-1" });
    const again = await rest(server.url, "POST /api/v4/operations", { ...body, idempotencyKey: "reading-1" });
    expect([first.status, idOf(again)]).toEqual([200, idOf(first)]);
    const other = await rest(
      server.url,
      "POST /api/v4/operations",
      { ...body, input: { id: "fryer-1", celsius: 2 } },
      { "idempotency-key": "reading-1" },
    );
    expect([other.status, other.json]).toMatchObject([422, { reason: "idempotency_key_reused" }]);
  });
});

describe("headers of ours", () => {
  test("say how urgent it is and how long the caller waits, where the input does not", async () => {
    const { server, faulty } = await serveKitchen({ config: { breaker: { initialBreakMs: 5_000 } } });
    faulty.cut();
    const operations = "POST /api/v4/operations";
    const record = (id: string, more: object = {}) => ({
      name: "equipment.record",
      input: { id, celsius: 1 },
      ...more,
    });
    const headers = { "holdfast-priority": "high", "holdfast-answer-within-ms": "50" };
    const first = await rest(server.url, operations, record("a"), headers);
    const second = await rest(server.url, operations, record("b", { priority: "low" }), headers);
    expect([first.status, second.status]).toEqual([202, 202]);
    const priorityOf = async (answer: typeof first) =>
      (await rest(server.url, `GET ${String(answer.headers["location"])}`)).json;
    expect(await priorityOf(first)).toMatchObject({ priority: "high" });
    expect(await priorityOf(second)).toMatchObject({ priority: "low" });
  });

  test.each([
    ["holdfast-priority", "urgent"],
    ["holdfast-answer-within-ms", "0"],
    ["holdfast-answer-within-ms", "1e3"],
    ["holdfast-answer-within-ms", "30001"],
    ["idempotency-key", "two words"],
    ["idempotency-key", "x".repeat(257)],
  ])("%s: %s is refused on both doors", async (name, value) => {
    const { server } = await serveKitchen();
    const headers = { [name]: value };
    const overRest = await rest(server.url, "GET /api/v4/degradation/metrics", undefined, headers);
    expect([overRest.status, overRest.json]).toMatchObject([
      400,
      { code: "invalid_header", issues: [{ path: `$headers.${name}` }] },
    ]);
    const overTrpc = await postRaw(server.url, "degradation.pin", JSON.stringify(pin), headers);
    expect([overTrpc.status, overTrpc.json]).toMatchObject([400, { error: { data: { reason: "invalid_header" } } }]);
    expect(server.runtime.status().control.policy.pin).toBeUndefined();
  });
});

describe("a list", () => {
  test("goes on at the cursor of the page before, and knows its own cursors only", async () => {
    const { server } = await serveKitchen();
    // A cut would be noticed by an attempt only, which takes a row out of the list.
    server.runtime.degradation.orderBreaker("graph", "force_open", { reason: "nothing is to be tried" });
    for (const id of ["a", "b", "c"])
      await server.runtime.submitByName("equipment.record", { id, celsius: 1 }, { enqueue: true });
    await until("all to wait", () => server.runtime.status().queue.counts.ready === 3);
    const list = "GET /api/v4/operations?state=ready&limit=2";
    const first = (await rest(server.url, list)).json as { rows: { operationId: string }[]; next: string };
    expect(first.rows).toHaveLength(2);
    expect(first.next).toMatch(/^[\w-]+$/);
    const second = (await rest(server.url, `${list}&after=${first.next}`)).json as typeof first;
    expect([second.rows.length, second.next]).toEqual([1, undefined]);
    expect(new Set([...first.rows, ...second.rows].map(({ operationId }) => operationId)).size).toBe(3);
  });

  test.each([
    "GET /api/v4/operations?state=ready&after=",
    "GET /api/v4/dead-letters?after=",
    "GET /api/v4/alerts?after=",
    "GET /api/v4/degradation/history?after=",
  ])("%s refuses a cursor that is none", async (request) => {
    const { server } = await serveKitchen();
    const cursors = ["7", "bi0x", "bjAx", "bjk5OTk5OTk5OTk5OTk5OTk", "..%2f..%2fetc", "%27%20OR%201=1", "null"];
    for (const cursor of cursors) {
      const { status, json } = await rest(server.url, `${request}${cursor}`);
      expect([cursor, status, json]).toMatchObject([cursor, 400, { code: "invalid_cursor" }]);
    }
  });
});
