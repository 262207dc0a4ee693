import { connect } from "node:net";
import { MisuseError } from "holdfast";
import { serveRuntime } from "holdfast/server";
import { describe, expect, test } from "vitest";
import { postRaw, rawRequest, serveKitchen } from "./server-kitchen.ts";

/** What the server says to bytes that need not be HTTP. */
function sendBytes(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(bytes));
    let text = "";
    socket.on("data", (chunk) => (text += chunk.toString()));
    socket.on("close", () => resolve(text));
    socket.on("error", reject);
  });
}

const IS_PROBLEM = "application/problem+json; charset=utf-8";

describe("who may call the server", () => {
  test.each(["0.0.0.0", "::", "192.168.1.10", "example.org", ""])(
    "it does not listen on %j, which is not loopback, and opens nothing",
    async (host) => {
      let opened = false;
      const runtime = () => {
        opened = true;
        return Promise.reject(new Error("must not be opened"));
      };
      const refused = serveRuntime({ runtime, host, port: 0, stopOn: [] });
      await expect(refused).rejects.toThrow(MisuseError);
      await expect(refused).rejects.toMatchObject({
        code: "address_not_loopback",
        message: expect.stringContaining("loopback addresses only"),
      });
      expect(opened).toBe(false);
    },
  );

  test.each(["127.0.0.1", "::1", "[::1]", "localhost"])("it listens on %s", async (host) => {
    const { server } = await serveKitchen({ host });
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
  });

  test("a Host that is not a loopback name with our port is turned away, on every path", async () => {
    const { server } = await serveKitchen();
    const { port, url } = server;
    for (const host of [
      "attacker.example",
      `attacker.example:${port}`,
      "127.0.0.1",
      `127.0.0.1:${port + 1}`,
      `127.0.0.1.nip.io:${port}`,
      `localhost.attacker.example:${port}`,
      `anna@127.0.0.1:${port}`,
    ])
      for (const path of ["/livez", "/readyz", "/trpc/degradation.status", "/nothing"]) {
        const answer = await rawRequest(`${url}${path}`, { headers: { host } });
        expect([host, path, answer.status]).toEqual([host, path, 403]);
        expect(answer.headers["content-type"]).toBe(IS_PROBLEM);
        expect(answer.json).toMatchObject({
          status: 403,
          title: "Forbidden",
          code: "caller_forbidden",
          requestId: answer.headers["x-request-id"],
        });
      }
    expect(await sendBytes(port, "GET /livez HTTP/1.1\r\nhost:\r\nconnection: close\r\n\r\n")).toMatch(
      /^HTTP\/1\.1 403 /,
    );
    expect(await sendBytes(port, "GET /livez HTTP/1.1\r\nconnection: close\r\n\r\n")).toMatch(/^HTTP\/1\.1 400 /);
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, `LOCALHOST:${port}`, `[::1]:${port}`])
      expect((await rawRequest(`${url}/livez`, { headers: { host } })).status).toBe(200);
  });

  test("an Origin of another site is turned away, and so is a mutation of it", async () => {
    const { server, client } = await serveKitchen();
    const { port, url } = server;
    for (const origin of [
      "https://attacker.example",
      "null",
      `https://127.0.0.1:${port}`,
      `http://127.0.0.1:${port + 1}`,
      `http://localhost:${port}`,
      "",
    ]) {
      const body = JSON.stringify({ name: "equipment.record", input: { id: "stolen", celsius: 1 } });
      expect([origin, (await postRaw(url, "operations.submit", body, { origin })).status]).toEqual([origin, 403]);
    }
    expect(await client.operations.submit.mutate({ name: "equipment.read", input: { id: "stolen" } })).toMatchObject({
      status: "completed",
      value: null,
    });
    expect((await rawRequest(`${url}/livez`, { headers: { origin: `http://127.0.0.1:${port}` } })).status).toBe(200);
  });

  test("an answer is nothing that a browser would interpret, frame or keep, and says which request it is for", async () => {
    const { server } = await serveKitchen();
    for (const path of ["/livez", "/trpc/degradation.status", "/nothing"]) {
      const { headers } = await rawRequest(`${server.url}${path}`, { headers: { "x-request-id": "mine-1" } });
      expect(headers).toMatchObject({
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "cache-control": "no-store",
        "referrer-policy": "no-referrer",
        "x-request-id": "mine-1",
      });
      expect(headers["access-control-allow-origin"]).toBeUndefined();
    }
    const { headers } = await rawRequest(`${server.url}/livez`, { headers: { "x-request-id": "a b\tc" } });
    expect(headers["x-request-id"]).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe("requests that lead nowhere", () => {
  test("an unknown path is a problem, an unknown procedure an error that a client reads", async () => {
    const { server } = await serveKitchen();
    const nothing = await rawRequest(`${server.url}/api/v4/nothing?token=secret`);
    expect([nothing.status, nothing.headers["content-type"]]).toEqual([404, IS_PROBLEM]);
    expect(nothing.json).toMatchObject({
      type: "about:blank",
      title: "Not Found",
      code: "not_found",
      detail: "There is nothing at GET /api/v4/nothing.",
    });
    const procedure = await rawRequest(`${server.url}/trpc/operations.explode`);
    expect([procedure.status, procedure.json]).toMatchObject([
      404,
      { error: { data: { code: "NOT_FOUND", reason: "not_found", httpStatus: 404 } } },
    ]);
  });

  test.each([
    ["JSON that ends in the middle", "operations.submit", `{"name":`, {}, 400, "invalid_json"],
    [
      "a body that is not JSON",
      "operations.submit",
      `name=equipment.record`,
      { "content-type": "application/x-www-form-urlencoded" },
      415,
      "unsupported_media_type",
    ],
    [
      "a form, as a page of another site could send it",
      "operations.submit",
      `{}`,
      { "content-type": "text/plain" },
      415,
      "unsupported_media_type",
    ],
    ["a query that is posted", "degradation.status", `{}`, {}, 405, "method_not_supported"],
  ])("%s", async (_, path, body, headers, status, reason) => {
    const { server } = await serveKitchen();
    const answer = await postRaw(server.url, path, body, headers);
    expect([answer.status, answer.json]).toMatchObject([status, { error: { data: { reason, retryable: false } } }]);
    expect(answer.text).not.toContain("node_modules");
  });

  test("a batch may have 32 calls and no more", async () => {
    const { server } = await serveKitchen();
    const batch = (calls: number) =>
      rawRequest(`${server.url}/trpc/${Array(calls).fill("degradation.status").join(",")}?batch=1&input=%7B%7D`);
    expect((await batch(32)).json).toHaveLength(32);
    expect(await batch(33)).toMatchObject({ status: 400, json: { error: { data: { reason: "bad_request" } } } });
  });

  test("headers that are too large, and bytes that are no HTTP, get a short answer and a closed connection", async () => {
    const { server } = await serveKitchen();
    const large = await sendBytes(
      server.port,
      `GET /livez HTTP/1.1\r\nhost: 127.0.0.1:${server.port}\r\nx: ${"x".repeat(20_000)}\r\n\r\n`,
    );
    expect(large).toMatch(/^HTTP\/1\.1 431 Request Header Fields Too Large\r\n/);
    expect(large).toContain(`"code":"headers_too_large"`);
    expect(await sendBytes(server.port, "HELO kitchen\r\n\r\n")).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect((await rawRequest(`${server.url}/%E0%A4%A`)).status).toBe(400);
    expect((await rawRequest(`${server.url}/livez`)).status).toBe(200);
  });

  test("headers that never end are cut off after their time", { timeout: 15_000 }, async () => {
    const { server } = await serveKitchen();
    const startedMs = performance.now();
    const answer = await sendBytes(server.port, `GET /livez HTTP/1.1\r\nhost: 127.0.0.1:${server.port}\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
    expect(performance.now() - startedMs).toBeLessThan(10_000);
  });
});
