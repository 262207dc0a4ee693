import { request } from "node:https";
import { connect } from "node:net";
import { BlockList } from "node:net";
import type { LogFields, Logger } from "holdfast";
import { describe, expect, test } from "vitest";
import { turnAway } from "../../src/surface/server/check-caller.ts";
import { isIn, reachOf } from "../../src/surface/server/reach.ts";
import { certificate } from "../support/tls-for-tests.ts";
import { postRaw, rawRequest, serveKitchen } from "./server-kitchen.ts";

const reason = "a test needs it";
const STATUS = "/trpc/degradation.status";

async function served(options: Parameters<typeof serveKitchen>[0] = {}) {
  let token = "";
  const made = await serveKitchen({
    authentication: "tokens",
    beforeServing: async (runtime) => {
      token = (await runtime.tokens.create({ name: "admin", role: "admin", reason })).secret;
    },
    ...options,
  });
  const { url, port } = made.server;
  return { ...made, url, port, token, headers: { authorization: `Bearer ${token}` } };
}

describe("pages of other origins", () => {
  const origin = "https://app.example.org";

  test("of which none may call by default", async () => {
    const { url, headers } = await served();
    expect((await rawRequest(`${url}${STATUS}`, { headers: { ...headers, origin } })).status).toBe(403);
    expect((await rawRequest(`${url}${STATUS}`, { method: "OPTIONS", headers: { origin } })).status).toBe(403);
  });

  test("may call where they were named, with a token and never by cookie", async () => {
    const { url, headers } = await served({ cors: [origin] });
    const asked = {
      origin,
      "access-control-request-method": "POST",
      "access-control-request-headers": "authorization",
    };
    for (const path of [STATUS, "/api/v4/operations"]) {
      const preflight = await rawRequest(`${url}${path}`, { method: "OPTIONS", headers: asked });
      expect([preflight.status, preflight.headers]).toMatchObject([
        204,
        {
          "access-control-allow-origin": origin,
          "access-control-allow-headers": expect.stringContaining("authorization"),
          vary: expect.stringContaining("Origin"),
        },
      ]);
      expect(preflight.headers["access-control-allow-credentials"]).toBeUndefined();
    }
    const answer = await rawRequest(`${url}${STATUS}`, { headers: { ...headers, origin } });
    expect([answer.status, answer.headers["access-control-allow-origin"]]).toEqual([200, origin]);
    const refused = await rawRequest(`${url}${STATUS}`, { headers: { origin } });
    expect([refused.status, refused.headers["access-control-allow-origin"]]).toEqual([401, origin]);
    expect((await rawRequest(`${url}${STATUS}`, { headers: { ...headers, origin: `${origin}.evil` } })).status).toBe(
      403,
    );
    const session = await rawRequest(`${url}/session`, { method: "POST", headers });
    const cookie = (session.headers["set-cookie"]?.[0] ?? "").split(";")[0] ?? "";
    const pin = JSON.stringify({ mode: "emergency_mode", reason, forMs: 60_000 });
    const cross = await postRaw(url, "degradation.pin", pin, { cookie, origin, "holdfast-console": "1" });
    const read = await rawRequest(`${url}${STATUS}`, { headers: { cookie, origin } });
    expect([cross.status, read.status]).toEqual([403, 403]);
  });
});

describe("TLS", () => {
  test("is spoken with a key and a certificate, with cookies for it only", async ({ skip }) => {
    const tls = certificate();
    if (tls === undefined) return skip("no openssl");
    const { port, server, token } = await served({ tls, host: "localhost" });
    expect(server.url).toBe(`https://localhost:${port}`);
    const ask = (method: string, path: string) =>
      new Promise<{ status: number | undefined; headers: Readonly<Record<string, unknown>> }>((resolve, reject) => {
        const headers = { authorization: `Bearer ${token}` };
        const asked = request(
          { host: "localhost", port, path, method, ca: tls.cert, headers, agent: false },
          (answer) => {
            answer.resume();
            resolve({ status: answer.statusCode, headers: answer.headers });
          },
        );
        asked.on("error", reject).end();
      });
    const answer = await ask("GET", STATUS);
    expect([answer.status, answer.headers["strict-transport-security"]]).toEqual([200, "max-age=31536000"]);
    const session = await ask("POST", "/session");
    expect(session.headers["set-cookie"]).toEqual([
      expect.stringMatching(new RegExp(`^__Host-holdfast_session_${port}=.*; Secure; Max-Age=`)),
    ]);
    const inTheClear = rawRequest(`http://localhost:${port}/livez`);
    expect(
      await inTheClear.then(
        ({ status }) => status,
        () => "not answered",
      ),
    ).toBe("not answered");
  });
});

describe("a server behind proxies", () => {
  const names = reachOf({
    host: "0.0.0.0",
    mode: "production",
    authentication: "tokens",
    trustProxy: ["10.0.0.0/24", "fd00::1"],
    publicOrigins: ["https://holdfast.example.org"],
  });

  test("is known by its public names only", () => {
    expect(turnAway({ host: "holdfast.example.org" }, 4400, names)).toBeUndefined();
    expect(
      turnAway({ host: "holdfast.example.org", origin: "https://holdfast.example.org" }, 4400, names),
    ).toBeUndefined();
    expect(turnAway({ host: "holdfast.example.org", origin: "http://holdfast.example.org" }, 4400, names)).toContain(
      "Origin",
    );
    expect(turnAway({ host: "localhost:4400" }, 4400, names)).toContain("https://holdfast.example.org");
    expect(turnAway({ host: "10.0.0.9:4400" }, 4400, names)).toContain("Host");
  });

  test("believes the proxies that were named and nobody else", () => {
    const { proxies = new BlockList() } = names;
    expect(
      ["10.0.0.7", "::ffff:10.0.0.7", "fd00::1", "10.0.1.7", "::1", "", undefined].map((each) => isIn(proxies, each)),
    ).toEqual([true, true, true, false, false, false, false]);
  });

  test("counts attempts by the address that a trusted proxy tells, and does not listen to others", async () => {
    const { server, url, headers } = await served({
      trustProxy: ["127.0.0.1"],
      publicOrigins: ["https://holdfast.example.org"],
    });
    const from = { host: "holdfast.example.org", "x-forwarded-for": "203.0.113.9", "x-forwarded-proto": "https" };
    expect((await rawRequest(`${url}${STATUS}`, { headers: { ...from, authorization: "Bearer x" } })).status).toBe(401);
    const session = await rawRequest(`${url}/session`, { method: "POST", headers: { ...from, ...headers } });
    expect(session.headers["set-cookie"]?.[0]).toContain("; Secure;");
    await server.runtime.recorded();
    expect(server.runtime.tokens.live).toBe(1);
  });
});

describe("/metrics", () => {
  test("is for who may read the health, and has what the runtime measures", async () => {
    const { url, headers, server } = await served();
    const { secret } = await server.runtime.tokens.create({ name: "kitchen", role: "service", reason });
    expect((await rawRequest(`${url}/metrics`)).status).toBe(401);
    expect((await rawRequest(`${url}/metrics`, { headers: { authorization: `Bearer ${secret}` } })).status).toBe(403);
    const body = JSON.stringify({ name: "equipment.record", input: { id: "fryer", celsius: 1 } });
    await postRaw(url, "operations.submit", body, headers);
    const answer = await rawRequest(`${url}/metrics`, { headers });
    expect([answer.status, answer.headers["content-type"]]).toEqual([200, "text/plain; version=0.0.4; charset=utf-8"]);
    for (const line of [
      'holdfast_operations_ended_total{priority="normal",outcome="completed"} 1',
      'holdfast_operation_duration_seconds_count{priority="normal"} 1',
      'holdfast_breaker_state{dependency="graph",state="closed"} 1',
      'holdfast_mode_in_force{mode="normal"} 1',
      'holdfast_queue_operations{state="ready"} 0',
      "holdfast_storage_working 1",
      "holdfast_authentication_failures_total 0",
    ])
      expect(answer.text.split("\n")).toContain(line);
    // Every line is one that Prometheus reads.
    for (const line of answer.text.trim().split("\n"))
      expect(line).toMatch(/^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{[a-z_]+="[^"]*"(,[a-z_]+="[^"]*")*\})? -?[\d.e+-]+)$/);
  });

  test("is open to this machine where that was said, and not to what a proxy passes on", async () => {
    const { url } = await served({ openMetrics: true });
    expect((await rawRequest(`${url}/metrics`)).status).toBe(200);
    for (const headers of [
      { "x-forwarded-for": "203.0.113.9" },
      { "x-forwarded-for": "127.0.0.1" },
      { "x-real-ip": "203.0.113.9" },
      { forwarded: "for=203.0.113.9" },
      { via: "1.1 proxy" },
    ] as const)
      expect([headers, (await rawRequest(`${url}/metrics`, { headers })).status]).toEqual([headers, 401]);
    expect((await rawRequest(`${url}${STATUS}`)).status).toBe(401);
  });
});

describe("what is written down of requests", () => {
  test("is who asked for what, how it ended, and nothing that was sent", async () => {
    const lines: { readonly fields: LogFields; readonly message: string }[] = [];
    const log = (fields: LogFields, message: string): void => void lines.push({ fields, message });
    const logger: Logger = { debug: log, info: log, warn: log, error: log };
    const { url, headers, token, server, port } = await served({ logger });
    const link = server.runtime.tokens.sessions.link(1);
    const planted = [
      "planted-body-1",
      "planted-query-2",
      "planted-path-3",
      "planted-header-4",
      token,
      link,
      "hf_svc_wrong5",
    ];
    const [body, query, path, header] = planted;
    const input = JSON.stringify({ name: "equipment.record", input: { id: body, celsius: 1, note: body } });
    await postRaw(url, "operations.submit", input, { ...headers, "x-request-id": "mine-7", "user-agent": header! });
    await postRaw(url, "operations.submit", `{"name": "${body}`, headers);
    await rawRequest(`${url}/trpc/${path},operations.list?input=${query}`, { headers });
    await rawRequest(`${url}/${path}?token=${token}`);
    await rawRequest(`${url}${STATUS}?token=${token}`, { headers: { authorization: "Bearer hf_svc_wrong5" } });
    await rawRequest(`${url}/?token=${link}`);
    await rawRequest(`${url}/api/v4/operations/${path}`, { headers });
    const text = JSON.stringify(lines);
    for (const secret of planted) expect([secret, text.includes(secret)]).toEqual([secret, false]);
    expect(lines).toContainEqual({
      message: "request",
      fields: {
        requestId: "mine-7",
        method: "POST",
        route: "/trpc/:path",
        procedures: ["operations.submit"],
        status: 200,
        durationMs: expect.any(Number),
        principal: "token admin",
      },
    });
    const outputs = [
      await rawRequest(`${url}/metrics`, { headers }),
      await rawRequest(`${url}${STATUS}`, { headers }),
      await rawRequest(`${url}/readyz`),
    ];
    for (const { text: told } of outputs)
      for (const secret of planted) expect([secret, told.includes(secret)]).toEqual([secret, false]);
    expect(port).toBeGreaterThan(0);
  });
});

describe("requests that are made to harm", () => {
  const raw = (port: number, bytes: string) =>
    new Promise<string>((resolve, reject) => {
      const socket = connect(port, "127.0.0.1", () => socket.write(bytes));
      let text = "";
      socket.on("data", (chunk) => (text += chunk.toString())).on("close", () => resolve(text));
      socket.on("error", reject);
    });

  test("add no header to an answer, and no line to the log", async () => {
    const { port, token, url } = await served();
    const host = `host: 127.0.0.1:${port}\r\nconnection: close\r\n`;
    const injected = await raw(port, `GET /livez HTTP/1.1\r\n${host}x-request-id: a\nset-cookie: owned=1\r\n\r\n`);
    expect(injected).not.toMatch(/^set-cookie: owned/im);
    const encoded = await rawRequest(`${url}/livez%0d%0aset-cookie:%20owned=1`);
    expect([encoded.status, encoded.headers["set-cookie"]]).toEqual([404, undefined]);
    const redirected = await rawRequest(`${url}/?token=x%0d%0aset-cookie:%20owned=1`);
    expect([redirected.headers["location"], redirected.headers["set-cookie"]]).toEqual(["/?sign-in=failed", undefined]);
    const twice = await raw(
      port,
      `GET ${STATUS} HTTP/1.1\r\n${host}authorization: Bearer wrong\r\nauthorization: Bearer ${token}\r\n\r\n`,
    );
    expect(twice).toMatch(/^HTTP\/1\.1 (400|401) /);
  });

  test("that trickle their body are cut off before a token is asked for anything", { timeout: 15_000 }, async () => {
    const { port } = await served();
    const text = await raw(
      port,
      `POST /trpc/operations.submit HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\ncontent-type: application/json\r\ncontent-length: 100000\r\nconnection: close\r\n\r\n{`,
    );
    // Nobody: told so at once, and not after the body that never comes.
    expect(text).toMatch(/^HTTP\/1\.1 401 /);
  });
});
