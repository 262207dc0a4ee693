import { readFileSync } from "node:fs";
import { createRuntime } from "holdfast";
import { describe, expect, test } from "vitest";
import { appRouter } from "../../routers/app.router.ts";
import { restRoutes } from "../../routers/rest/rest-route.ts";
import { until } from "../support/ledger.ts";
import { IS_PROBLEM, readEvents, rest } from "./rest-request.ts";
import { kitchen, serveKitchen } from "./server-kitchen.ts";

const submit = (name: string, input: unknown, more: object = {}) => ({ name, input, ...more });

describe("REST", () => {
  test("has the seed's three paths, and answers there what the procedures answer", async () => {
    const { server, client } = await serveKitchen();
    const { url } = server;
    const status = await rest(url, "GET /api/v4/degradation/status");
    expect([status.status, status.headers["content-type"]]).toEqual([200, "application/json; charset=utf-8"]);
    expect(status.json).toMatchObject({ phase: "running", currentMode: "normal", activeTriggers: [] });
    const metrics = await rest(url, "GET /api/v4/degradation/metrics");
    expect(metrics.json).toMatchObject({ currentMode: "normal", operationsQueued: 0 });
    const forced = await rest(url, "POST /api/v4/degradation/force-mode", {
      mode: "emergency_mode",
      reason: "the graph's host is being replaced",
      forMs: 1_800_000,
    });
    expect([forced.status, forced.json]).toMatchObject([
      200,
      { status: "pinned", pin: { mode: "emergency_mode", owner: "local-operator" } },
    ]);
    expect(await client.degradation.status.query()).toMatchObject({ currentMode: "emergency_mode", pinState: "held" });
  });

  test("every procedure has a path that knows its method, and says which when it is asked with another", async () => {
    const { server } = await serveKitchen();
    for (const { path, method, procedure } of restRoutes(appRouter)) {
      const real = path.replaceAll(/\{[^}]+\}/g, "x");
      const options = await rest(server.url, `OPTIONS ${real}`);
      expect([procedure, options.status, options.text]).toEqual([procedure, 204, ""]);
      const allowed = String(options.headers["allow"]).split(", ");
      expect([procedure, allowed]).toEqual([procedure, expect.arrayContaining([method, "OPTIONS"])]);
      for (const other of ["GET", "POST", "PUT", "PATCH", "DELETE"].filter((each) => !allowed.includes(each))) {
        const answer = await rest(
          server.url,
          `${other} ${real}`,
          other === "GET" || other === "DELETE" ? undefined : "<not even JSON>",
        );
        expect([procedure, other, answer.status, answer.headers["allow"]]).toEqual([
          procedure,
          other,
          405,
          allowed.join(", "),
        ]);
        expect(answer.headers["content-type"]).toBe(IS_PROBLEM);
        expect(answer.json).toMatchObject({ code: "method_not_supported", status: 405, title: "Method Not Allowed" });
      }
    }
    expect(await rest(server.url, "GET /api/v4/nothing")).toMatchObject({ status: 404, json: { code: "not_found" } });
  });

  test("a snapshot has a tag, and whoever has it already is not sent it again", async () => {
    const { server } = await serveKitchen();
    const first = await rest(server.url, "GET /api/v4/dead-letters");
    const etag = String(first.headers["etag"]);
    expect([first.status, first.json]).toEqual([200, { rows: [] }]);
    expect(etag).toMatch(/^"[\w-]+"$/);
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`, "*"]) {
      const again = await rest(server.url, "GET /api/v4/dead-letters", undefined, { "if-none-match": known });
      expect([again.status, again.text, again.headers["etag"]]).toEqual([304, "", etag]);
    }
    const changed = await rest(server.url, "GET /api/v4/dead-letters", undefined, { "if-none-match": `"other"` });
    expect(changed.status).toBe(200);
    const head = await rest(server.url, "HEAD /api/v4/dead-letters");
    expect([head.status, head.text, head.headers["etag"]]).toEqual([200, "", etag]);
    expect(head.headers["content-length"]).toBe(String(Buffer.byteLength(first.text)));
  });

  test("what is not there is a problem of status 404", async () => {
    const { server } = await serveKitchen();
    for (const path of [
      "/api/v4/operations/op_nothing",
      "/api/v4/degradation/explain?target=op_nothing",
      "/api/v4/dependencies/nothing",
    ]) {
      const { status, headers, json } = await rest(server.url, `GET ${path}`);
      expect([path, status, headers["content-type"]]).toEqual([path, 404, IS_PROBLEM]);
      expect(json).toMatchObject({ code: "not_found", retryable: false, requestId: headers["x-request-id"] });
    }
  });

  test("an order that changes nothing does not say that it did", async () => {
    const { server } = await serveKitchen();
    const { url } = server;
    const reason = "to see";
    const pin = { mode: "emergency_mode", reason, forMs: 1_800_000 };
    expect((await rest(url, "POST /api/v4/degradation/force-mode", pin)).status).toBe(200);
    const second = await rest(url, "POST /api/v4/degradation/force-mode", pin);
    expect([second.status, second.json]).toMatchObject([409, { status: "conflict", pin: { mode: "emergency_mode" } }]);
    const dead = await rest(url, "POST /api/v4/dead-letters/op_nothing/retry", { reason });
    expect([dead.status, dead.json]).toMatchObject([409, { status: "not_dead" }]);
    const cancelled = await rest(url, "POST /api/v4/operations/op_nothing/cancel", { reason });
    expect([cancelled.status, cancelled.json]).toMatchObject([409, { status: "not_waiting" }]);
  });

  test("says `starting` with Retry-After while the journal is being opened", async () => {
    const opening = Promise.withResolvers<void>();
    const port = Promise.withResolvers<number>();
    const made = kitchen();
    const { serveRuntime } = await import("holdfast/server");
    const serving = serveRuntime({
      port: await freePort(port),
      stopOn: [],
      authentication: "none",
      runtime: async () => {
        await opening.promise;
        return createRuntime({ dataDirectory: made.dataDirectory, operations: made.operations });
      },
    });
    const url = `http://127.0.0.1:${await port.promise}`;
    await until("the address", async () => {
      try {
        return (await fetch(`${url}/livez`)).ok;
      } catch {
        return false;
      }
    });
    const answer = await rest(url, "GET /api/v4/degradation/status");
    expect([answer.status, answer.headers["retry-after"]]).toEqual([503, "1"]);
    expect(answer.json).toMatchObject({ code: "starting", retryable: true });
    opening.resolve();
    await (await serving).stop();
  });
});

async function freePort(told: PromiseWithResolvers<number>): Promise<number> {
  const { createServer } = await import("node:net");
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  told.resolve(port);
  return port;
}

describe("an input over REST", () => {
  test.each([
    ["a number that is none", "GET /api/v4/alerts?limit=ten", "$.limit"],
    ["a number in another notation", "GET /api/v4/alerts?limit=0x10", "$.limit"],
    ["an empty number", "GET /api/v4/alerts?limit=", "$.limit"],
    ["a number with a space", "GET /api/v4/alerts?limit=+5", "$.limit"],
    ["a number out of bounds", "GET /api/v4/alerts?limit=1001", "$.limit"],
    ["half of a number", "GET /api/v4/alerts?limit=1.5", "$.limit"],
    ["a field that is given twice", "GET /api/v4/alerts?limit=1&limit=2", "$.limit"],
    ["a field that there is not", "GET /api/v4/alerts?colour=red", "$"],
    ["a field of everything's prototype", "GET /api/v4/alerts?__proto__=1", "$"],
    ["a word that there is not", "GET /api/v4/alerts?status=gone", "$.status"],
    ["a missing field", "GET /api/v4/operations", "$.state"],
    ["text that is not UTF-8", "GET /api/v4/alerts?status=%C3%28", "$"],
    ["a path that is no number", "POST /api/v4/alerts/first/resolve", "$.id"],
  ])("%s is refused with its place", async (_, request, path) => {
    const { server } = await serveKitchen();
    const body = request.startsWith("POST") ? { reason: "to see" } : undefined;
    const { status, headers, json } = await rest(server.url, request, body);
    expect([status, headers["content-type"]]).toEqual([400, IS_PROBLEM]);
    expect(json).toMatchObject({ code: "invalid_input", retryable: false, issues: [{ path }] });
  });

  test("numbers and words of a query reach the procedure as what they are", async () => {
    const { server } = await serveKitchen();
    expect(await rest(server.url, "GET /api/v4/alerts?limit=1e2&status=open&")).toMatchObject({ status: 200 });
    expect(await rest(server.url, "GET /api/v4/operations?state=ready&limit=5")).toMatchObject({ status: 200 });
  });

  test.each([
    ["no JSON", `{"reason":`, "invalid_json", {}],
    ["no object", `[{"reason":"x"}]`, "invalid_input", {}],
    ["nothing at all", "", "invalid_input", {}],
    ["what the path names already", `{"reason":"x","id":2}`, "invalid_input", {}],
    ["an actor of its own choosing", `{"reason":"x","principal":"anna"}`, "invalid_input", {}],
    ["a reason of white space", `{"reason":"  "}`, "invalid_input", {}],
  ])("a body with %s is refused", async (_, body, code, headers) => {
    const { server } = await serveKitchen();
    const answer = await rest(server.url, "POST /api/v4/alerts/1/resolve", body, headers);
    expect([answer.status, answer.headers["content-type"]]).toEqual([400, IS_PROBLEM]);
    expect(answer.json).toMatchObject({ code });
    expect(answer.text).not.toMatch(/node_modules|\n +at /);
  });

  test("a body that is no JSON by its type, or too large, is not read", async () => {
    const { server } = await serveKitchen();
    const form = await rest(server.url, "POST /api/v4/alerts/1/resolve", "reason=x", {
      "content-type": "application/x-www-form-urlencoded",
    });
    expect(form).toMatchObject({ status: 415, json: { code: "unsupported_media_type" } });
    const large = await rest(server.url, "POST /api/v4/alerts/1/resolve", { reason: "x".repeat(2 * 1_024 * 1_024) });
    expect(large).toMatchObject({ status: 413, json: { code: "payload_too_large" } });
    expect(large.headers["connection"]).toBe("close");
    expect((await rest(server.url, "GET /api/v4/degradation/metrics")).status).toBe(200);
  });
});

describe("an outcome over REST", () => {
  const operations = "POST /api/v4/operations";

  test("completed is 200, and the body is the outcome", async () => {
    const { server } = await serveKitchen();
    const answer = await rest(server.url, operations, submit("equipment.record", { id: "fryer-3", celsius: 177 }));
    expect([answer.status, answer.json]).toMatchObject([200, { status: "completed", value: { id: "fryer-3" } }]);
    const { operationId } = answer.json as { operationId: string };
    const result = await rest(server.url, `GET /api/v4/operations/${operationId}/result?waitMs=5000`);
    expect([result.status, result.json]).toMatchObject([200, { status: "completed", value: { id: "fryer-3" } }]);
  });

  test("queued is 202 and says where to ask; what cannot wait is refused with 503 and Retry-After", async () => {
    const { server, faulty } = await serveKitchen({ config: { breaker: { initialBreakMs: 5_000 } } });
    faulty.cut();
    const queued = await rest(
      server.url,
      operations,
      submit("equipment.record", { id: "fryer-1", celsius: 1 }, { enqueue: true }),
    );
    expect([queued.status, queued.json]).toMatchObject([202, { status: "queued" }]);
    const location = String(queued.headers["location"]);
    expect(await rest(server.url, `GET ${location}`)).toMatchObject({ json: { name: "equipment.record" } });
    await until("the breaker", async () =>
      (await rest(server.url, "GET /api/v4/degradation/status")).text.includes(`"state":"open"`),
    );
    const refused = await rest(server.url, operations, submit("equipment.read", { id: "fryer-1" }));
    expect([refused.status, refused.json]).toMatchObject([503, { status: "refused", reason: "unavailable" }]);
    expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0);
  });

  test.each([
    ["an operation that there is not", submit("equipment.explode", {}), 404, "unknown_operation"],
    ["an input that its schema refuses", submit("equipment.record", { id: "x", celsius: 999 }), 400, "invalid_input"],
  ])("%s is refused with a status of its own, and no Retry-After", async (_, body, status, reason) => {
    const { server } = await serveKitchen();
    const answer = await rest(server.url, operations, body);
    expect([answer.status, answer.json]).toMatchObject([status, { status: "refused", reason, retryable: false }]);
    expect(answer.headers["retry-after"]).toBeUndefined();
  });

  test("a key that belongs to other work is 422", async () => {
    const { server } = await serveKitchen();
    const keyed = (celsius: number) =>
      rest(
        server.url,
        operations,
        submit("equipment.record", { id: "fryer-1", celsius }, { idempotencyKey: "reading-1" }),
      );
    expect((await keyed(1)).status).toBe(200);
    expect(await keyed(2)).toMatchObject({ status: 422, json: { reason: "idempotency_key_reused" } });
  });

  test("a failure of the handler is 500 and says so itself", async () => {
    const { server } = await serveKitchen();
    const answer = await rest(server.url, operations, submit("equipment.calibrate", { id: "fryer-1" }));
    expect([answer.status, answer.json]).toMatchObject([
      500,
      { status: "failed", effect: "none", error: { code: "no_reference", retryable: false } },
    ]);
  });
});

describe("a subscription over REST", () => {
  const watch = "/api/v4/degradation/watch";

  test("tells every transition once, goes on after the last one received, and ends when the reader goes", async () => {
    const { server, faulty } = await serveKitchen();
    const { runtime, url } = server;
    const before = readEvents(`${url}${watch}`);
    const next = before.next();
    await until("the reader to be there", () => runtime.feeds.transitions.readers === 1);
    runtime.degradation.switchAutoRecovery(false, { reason: "to see", principal: { id: "anna", permissions: "*" } });
    const first = (await next).value;
    if (first === undefined) throw new Error("the stream ended");
    expect(first).toMatchObject({ data: { kind: "transition", explanation: expect.any(String) } });
    await before.return(undefined);
    await until("the reader to be gone", () => runtime.feeds.transitions.readers === 0);

    // What happens while nobody listens is told to whoever comes back.
    faulty.cut();
    await runtime.submitByName("equipment.record", { id: "fryer-1", celsius: 1 }, { answerWithinMs: 50 });
    await until("local_queue", () => runtime.policy.modes.some(({ mode }) => mode === "local_queue"));
    faulty.restore();
    await until("normal", () => runtime.policy.modes.every(({ mode }) => mode === "normal"));
    const told: string[] = [];
    for await (const { id, data } of readEvents(`${url}${watch}`, { "last-event-id": String(first.id) })) {
      told.push(String(id));
      if ((data as { machine: string; to: string }).to === "dormant") break;
    }
    const numbers = told.map((id) => Number(id.split(".")[1]));
    const begin = Number(String(first.id).split(".")[1]);
    expect(numbers).toEqual(numbers.map((_, index) => begin + 1 + index));
    await until("the reader to be gone", () => runtime.feeds.transitions.readers === 0);
  });

  test("ends when the server stops, and HEAD opens none", async () => {
    const { server } = await serveKitchen();
    const head = await rest(server.url, `HEAD ${watch}`);
    expect([head.status, head.headers["content-type"]]).toEqual([200, "text/event-stream; charset=utf-8"]);
    expect(server.runtime.feeds.transitions.readers).toBe(0);
    const events = readEvents(`${server.url}${watch}`);
    const all = (async () => {
      for await (const _ of events);
    })();
    await until("the reader to be there", () => server.runtime.feeds.transitions.readers === 1);
    await server.stop();
    await all;
  });
});

describe("the description of the surface", () => {
  test("is served as it is committed, and once to whoever has it", async () => {
    const { server } = await serveKitchen();
    const answer = await rest(server.url, "GET /api/v4/openapi.json");
    const committed = readFileSync(new URL("../../docs/openapi.json", import.meta.url), "utf8");
    expect([answer.status, answer.json]).toEqual([200, JSON.parse(committed)]);
    const etag = String(answer.headers["etag"]);
    const again = await rest(server.url, "GET /api/v4/openapi.json", undefined, { "if-none-match": etag });
    expect([again.status, again.text]).toEqual([304, ""]);
  });
});
