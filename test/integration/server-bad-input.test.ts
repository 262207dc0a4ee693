import { connect } from "node:net";
import { describe, expect, test } from "vitest";
import { until } from "../support/ledger.ts";
import { IS_PROBLEM, rest } from "./rest-request.ts";
import { postRaw, rawRequest, serveKitchen } from "./server-kitchen.ts";

/* What people who mean no good, and broken clients, send: through real sockets, to both doors. */

const LEAK = /node_modules|\n\s+at |\.ts:\d+|\/(?:home|tmp|root)\//;

/** Bytes as they are, and what came back until the connection ended. */
function sendBytes(port: number, parts: readonly (string | Buffer)[]): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => {
      for (const part of parts) socket.write(part);
    });
    let text = "";
    socket.on("data", (chunk) => (text += chunk.toString()));
    socket.on("close", () => resolve(text));
    socket.on("error", () => resolve(text));
  });
}

const requestHead = (port: number, path: string, more: readonly string[]): string =>
  [`POST ${path} HTTP/1.1`, `host: 127.0.0.1:${port}`, "content-type: application/json", ...more, "", ""].join("\r\n");

describe("a request that means no good", () => {
  test("cannot say who it is: not in a body, not in a query, not in a header", async () => {
    const { server, client } = await serveKitchen();
    const order = { reason: "to see", enabled: false };
    for (const forged of [{ principal: { id: "root", permissions: "*" } }, { actor: "root" }, { owner: "root" }]) {
      const body = { ...order, ...forged };
      const overRest = await rest(server.url, "POST /api/v4/degradation/auto-recovery", body);
      expect([overRest.status, overRest.json]).toMatchObject([400, { code: "invalid_input" }]);
      const overTrpc = await postRaw(server.url, "degradation.switchAutoRecovery", JSON.stringify(body));
      expect(overTrpc.status).toBe(400);
    }
    const inQuery = await rest(server.url, "GET /api/v4/degradation/status?principal=root");
    expect([inQuery.status, inQuery.json]).toMatchObject([400, { code: "invalid_input" }]);
    await rest(server.url, "POST /api/v4/degradation/auto-recovery", order, {
      "x-principal": "root",
      "x-forwarded-user": "root",
    });
    const { autoRecovery } = await client.degradation.status.query();
    expect([autoRecovery?.enabled, JSON.stringify(autoRecovery)]).toEqual([false, expect.not.stringContaining("root")]);
  });

  test("of 10 MB is refused before it is read, and of 10 MB in pieces once it is too much", async () => {
    const { server } = await serveKitchen();
    const { port, url } = server;
    const large = JSON.stringify({ name: "equipment.record", input: { id: "x".repeat(10_000_000), celsius: 1 } });
    for (const path of ["/api/v4/operations", "/trpc/operations.submit"]) {
      const told = await sendBytes(port, [requestHead(port, path, [`content-length: ${large.length}`])]);
      expect([path, told.split("\r\n")[0]]).toEqual([path, "HTTP/1.1 413 Payload Too Large"]);
      expect(told).toContain("payload_too_large");
      const piece = "x".repeat(64 * 1_024);
      const pieces = Array.from({ length: 160 }, () => `${piece.length.toString(16)}\r\n${piece}\r\n`);
      const chunked = await sendBytes(port, [requestHead(port, path, ["transfer-encoding: chunked"]), ...pieces]);
      // A client that goes on writing may lose the answer with the connection; it never gets another one.
      expect([path, chunked === "" || chunked.startsWith("HTTP/1.1 413 ")]).toEqual([path, true]);
    }
    expect(server.runtime.status().ended.completed).toBe(0);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
  });

  test("of 10,000 calls is one refused request", async () => {
    const { server } = await serveKitchen();
    const inPath = await rawRequest(
      `${server.url}/trpc/${Array(10_000).fill("health.live").join(",")}?batch=1&input=%7B%7D`,
    );
    expect([404, 414, 431]).toContain(inPath.status);
    const body = Object.fromEntries(
      Array.from({ length: 10_000 }, (_, index) => [
        index,
        { name: "equipment.record", input: { id: "a", celsius: 1 } },
      ]),
    );
    const paths = Array(33).fill("operations.submit").join(",");
    const inBody = await postRaw(server.url, `${paths}?batch=1`, JSON.stringify(body));
    expect([inBody.status, inBody.json]).toMatchObject([400, { error: { data: { reason: "bad_request" } } }]);
    expect(server.runtime.status().ended.completed).toBe(0);
  });

  test.each([
    ["not UTF-8", Buffer.from([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x7d]), "invalid_encoding"],
    ["half a character", Buffer.from([0x22, 0xf0, 0x9f, 0x98]), "invalid_encoding"],
    ["UTF-16", Buffer.from(`{"reason":"x"}`, "utf16le"), undefined],
    ["JSON with a comment", Buffer.from(`{"reason":"x"} // why`), undefined],
    ["NaN", Buffer.from(`{"reason":NaN}`), undefined],
    ["nothing but brackets", Buffer.from("[".repeat(500_000)), undefined],
  ])("that is %s is refused on both doors, without a word of the parser", async (_, bytes, reason) => {
    const { server } = await serveKitchen();
    const { port } = server;
    for (const path of ["/api/v4/alerts/1/resolve", "/trpc/alerts.resolve"]) {
      const head = requestHead(port, path, [`content-length: ${bytes.length}`, "connection: close"]);
      const told = await sendBytes(port, [head, bytes]);
      expect([path, told.split("\r\n")[0]]).toEqual([path, "HTTP/1.1 400 Bad Request"]);
      if (reason !== undefined) expect(told).toContain(reason);
      expect(told).not.toMatch(LEAK);
      expect(told).not.toMatch(/Unexpected|position \d+|in JSON/);
    }
  });

  test.each([
    "GET /api/v4/degradation/history?from=yesterday",
    "GET /api/v4/degradation/history?from=2026-11-28T00:00:00Z",
    "GET /api/v4/degradation/history?to=NaN",
    "GET /api/v4/degradation/history?to=Infinity",
    "GET /api/v4/machines/at?at=32.13.2026",
    "GET /api/v4/machines/at?at=1e999",
  ])("%s has no moment in it", async (request) => {
    const { server } = await serveKitchen();
    const { status, json } = await rest(server.url, request);
    expect([status, json]).toMatchObject([400, { code: "invalid_input" }]);
  });

  test("that climbs out of its path finds nothing", async () => {
    const { server } = await serveKitchen();
    const { port } = server;
    for (const path of [
      "/api/v4/../../etc/passwd",
      "/api/v4/%2e%2e/%2e%2e/etc/passwd",
      "/api/v4/operations/..%2f..%2f..%2fetc%2fpasswd",
      "/api/v4/dependencies/..%5c..%5cwindows",
      "/api/v4/operations/%00",
      "//etc/passwd",
      "/api/v4/operations/%c0%ae%c0%ae%c0%af",
    ]) {
      const told = await sendBytes(port, [
        `GET ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nconnection: close\r\n\r\n`,
      ]);
      expect([path, told.split(" ")[1]]).toEqual([path, expect.stringMatching(/^40[04]$/)]);
      expect(told).not.toMatch(/root:/);
      expect(told.replaceAll(path, "")).not.toMatch(LEAK);
    }
  });

  test("puts no header into an answer", async () => {
    const { server } = await serveKitchen();
    const injected = "%0d%0aset-cookie:%20a=b%0d%0a%0d%0a<html>";
    for (const request of [
      `GET /api/v4/operations/${injected}`,
      `GET /api/v4/dependencies/${injected}`,
      `GET /api/v4/degradation/explain?target=${injected}`,
      `GET /api/v4/nothing${injected}`,
    ]) {
      const { status, headers } = await rest(server.url, request, undefined, { "x-request-id": "a" });
      expect([request, status, headers["set-cookie"], headers["content-type"]]).toEqual([
        request,
        404,
        undefined,
        IS_PROBLEM,
      ]);
    }
  });

  test("with script in names and reasons gets it back as JSON that no browser would run", async () => {
    const { server } = await serveKitchen();
    const reason = `</script><script>alert(0)</script><img src=x onerror=alert(1)>`;
    const pinned = await rest(server.url, "POST /api/v4/degradation/force-mode", {
      mode: "reduced_performance",
      reason,
      forMs: 1_800_000,
    });
    const status = await rest(server.url, "GET /api/v4/degradation/status");
    const unknown = await rest(server.url, `POST /api/v4/operations`, { name: reason, input: {} });
    for (const { headers, text } of [pinned, status, unknown]) {
      expect(headers["content-type"]).toBe("application/json; charset=utf-8");
      expect(headers).toMatchObject({ "x-content-type-options": "nosniff", "x-frame-options": "DENY" });
      expect(JSON.stringify(JSON.parse(text))).toContain(JSON.stringify(reason).slice(1, -1));
    }
  });

  test("whose sender goes away before its body has ended is no fault of ours", async () => {
    const faults: unknown[] = [];
    const quiet = () => undefined;
    const logger = { debug: quiet, info: quiet, warn: quiet, error: (...line: unknown[]) => faults.push(line) };
    const { server } = await serveKitchen({ logger });
    for (const path of ["/api/v4/operations", "/trpc/operations.submit"])
      await new Promise<void>((resolve) => {
        const socket = connect(server.port, "127.0.0.1", () =>
          socket.write(`${requestHead(server.port, path, ["content-length: 500", "expect: 100-continue"])}{"na`),
        );
        // It is being read by then.
        socket.once("data", () => socket.destroy());
        socket.once("close", () => resolve());
      });
    await server.stop();
    expect(faults).toEqual([]);
  });

  test("asks a procedure of tRPC by HEAD, and learns that there is none", async () => {
    const { server } = await serveKitchen();
    for (const path of ["degradation.status", "degradation.watch", "degradation.pin"])
      expect([path, (await rawRequest(`${server.url}/trpc/${path}`, { method: "HEAD" })).status]).toEqual([path, 404]);
  });

  test("whose body never ends is cut off after its time", { timeout: 60_000 }, async () => {
    const { server } = await serveKitchen();
    const { port } = server;
    const told = await sendBytes(port, [requestHead(port, "/api/v4/operations", ["content-length: 100"]), `{"name":`]);
    expect(told).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
    expect(told).toContain(`"code":"request_timeout"`);
    await until("the server to be well", async () => (await fetch(`${server.url}/readyz`)).ok);
  });
});
