import { connect } from "node:net";
import { createRuntime, type Principal, type Runtime } from "holdfast";
import { createHoldfastClient, holdfastErrorOf } from "holdfast/client";
import { serveRuntime } from "holdfast/server";
import { describe, expect, onTestFinished, test } from "vitest";
import { ATTEMPTS } from "../../src/surface/server/access/failed-attempts.ts";
import { openReader } from "../../src/storage/open-reader.ts";
import { listAudit } from "../../src/storage/reads/list-audit.ts";
import { fetchWithToken } from "../support/fetch-with-token.ts";
import { temporaryFolder, until } from "../support/ledger.ts";
import { kitchen, postRaw, rawRequest, serveKitchen } from "./server-kitchen.ts";

const reason = "a test needs it";
const STATUS = "/trpc/degradation.status";

/** A kitchen that asks who calls, with a token that may do everything. */
async function guarded() {
  let admin = "";
  const made = await serveKitchen({
    authentication: "tokens",
    beforeServing: async (runtime) => {
      admin = (await runtime.tokens.create({ name: "admin", role: "admin", reason })).secret;
    },
  });
  const { url } = made.server;
  const as = (token: string) => createHoldfastClient({ url, fetch: fetchWithToken(token) });
  const make = (wish: Parameters<Runtime["tokens"]["create"]>[0]) => made.server.runtime.tokens.create(wish);
  return { ...made, url, admin, as, make };
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

async function auditOf(dataDirectory: string) {
  const reader = openReader({ dataDirectory });
  const { rows } = await listAudit(reader.database, { limit: 1_000 });
  await reader.close();
  return rows.map(({ kind, principal, detail }) => ({ kind, principal, ...(JSON.parse(detail ?? "{}") as object) }));
}

describe("who a caller is", () => {
  test("is proved by a token over tRPC, REST and subscriptions, and told in the audit", async () => {
    const { url, admin, as, server, dataDirectory } = await guarded();
    const client = as(admin);
    expect(await client.degradation.status.query()).toMatchObject({ currentMode: "normal" });
    const rest = await rawRequest(`${url}/api/v4/degradation/status`, { headers: bearer(admin) });
    expect(rest.status).toBe(200);
    const outcome = await client.operations.submit.mutate({
      name: "equipment.record",
      input: { id: "fryer", celsius: 1 },
    });
    expect(outcome).toMatchObject({ status: "completed" });
    expect(await client.operations.submit.mutate({ name: "equipment.read", input: { id: "fryer" } })).toMatchObject({
      value: { recordedBy: "token admin" },
    });
    await client.degradation.pin.mutate({ mode: "emergency_mode", reason, forMs: 60_000 });
    await server.stop();
    expect(await auditOf(dataDirectory)).toEqual(
      expect.arrayContaining([expect.objectContaining({ principal: "token admin", action: "pin", outcome: "pinned" })]),
    );
  });

  test.each([
    STATUS,
    "/trpc/nothing",
    "/api/v4/degradation/status",
    "/api/v4/nothing",
    "/session",
    "/%74rpc/degradation.status",
  ])("is asked at %s, with one answer for whatever is wrong", async (path) => {
    const { url, make, server } = await guarded();
    const revoked = await make({ name: "revoked", role: "admin", reason });
    await server.runtime.tokens.revoke(revoked.token.id, { reason });
    const other = await createRuntime({ dataDirectory: temporaryFolder(), operations: [] });
    onTestFinished(() => other.stop());
    const unknown = (await other.tokens.create({ name: "admin", role: "admin", reason })).secret;
    const expired = await make({ name: "expired", role: "admin", forMs: 1, reason });
    await until("its end", () => Date.now() > (expired.token.expiresAt ?? 0));
    const wrong: Readonly<Record<string, string>>[] = [
      {},
      bearer(unknown),
      bearer(expired.secret),
      bearer(revoked.secret),
      bearer("hf_svc_short"),
      { authorization: "Basic YWRtaW46YWRtaW4=" },
      { authorization: "Bearer" },
      { authorization: "" },
      { cookie: `holdfast_session_${server.port}=${unknown}` },
      { cookie: `holdfast_session_${server.port}=` },
    ];

    const answers = [];
    for (const headers of wrong)
      answers.push(await rawRequest(`${url}${path}`, { headers: { ...headers, "x-request-id": "one" } }));
    const distinct = new Set(
      answers.map(({ status, text, headers }) => {
        const { date: _, ...rest } = headers;
        return JSON.stringify([status, text, rest]);
      }),
    );
    expect([path, answers[0]?.status, distinct.size]).toEqual([path, 401, 1]);
    expect(answers[0]?.headers["www-authenticate"]).toMatch(/^Bearer/);
    expect(JSON.parse((await rawRequest(`${url}${STATUS}`)).text)).toMatchObject({
      error: { data: { reason: "unauthenticated", httpStatus: 401, retryable: false } },
    });
    for (const path of ["/livez", "/readyz"]) expect((await rawRequest(`${url}${path}`)).status).toBe(200);
  });

  test("is not asked for the description of the surface, which is the same everywhere", async () => {
    const { url } = await guarded();
    expect((await rawRequest(`${url}/api/v4/openapi.json`)).status).toBe(200);
  });

  test("is never what an input claims", async () => {
    const { url, make } = await guarded();
    const { secret } = await make({ name: "kitchen", role: "service", reason });
    const forged = {
      name: "equipment.record",
      input: { id: "f", celsius: 1 },
      principal: { id: "admin", permissions: "*" },
    };
    const answer = await postRaw(url, "operations.submit", JSON.stringify(forged), bearer(secret));
    expect(answer.status).toBe(400);
    const pin = { mode: "normal", reason, forMs: 60_000, principal: "token admin", owner: "token admin" };
    expect((await postRaw(url, "degradation.pin", JSON.stringify(pin), bearer(secret))).status).toBe(403);
    const headers = {
      ...bearer(secret),
      "x-principal": "admin",
      "x-forwarded-user": "admin",
      "x-forwarded-for": "10.0.0.1",
    };
    expect((await rawRequest(`${url}/trpc/tokens.list`, { headers })).status).toBe(403);
    expect((await rawRequest(`${url}${STATUS}?token=${secret}`)).status).toBe(401);
    expect((await rawRequest(`${url}${STATUS}?connectionParams=%7B%22token%22%3A%22${secret}%22%7D`)).status).toBe(401);
  });

  test("decides what it may: a permission that is missing is the same answer for what is there and what is not", async () => {
    const { url, as, admin, make } = await guarded();
    const { secret } = await make({ name: "viewer", role: "viewer", reason });
    const viewer = as(secret);
    expect(await viewer.degradation.status.query()).toMatchObject({ currentMode: "normal" });
    const told = (operationId: string) =>
      rawRequest(`${url}/api/v4/dead-letters/${operationId}/retry`, {
        method: "POST",
        headers: { ...bearer(secret), "content-type": "application/json", "x-request-id": "one" },
        body: JSON.stringify({ reason }),
      });
    const queued = await as(admin).operations.submit.mutate({ name: "equipment.calibrate", input: { id: "f" } });
    const ids = ["op_1", "op_999999", "operationId" in queued ? queued.operationId : ""];
    const answers = await Promise.all(ids.map(told));
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(answers[0]).toMatchObject({ status: 403, json: { code: "forbidden" } });
    expect(
      await viewer.operations.submit.mutate({ name: "equipment.record", input: { id: "f", celsius: 1 } }),
    ).toMatchObject({
      status: "refused",
      reason: "forbidden",
    });
    const nowhere = await viewer.operations.submit.mutate({ name: "no.such", input: {} });
    expect(JSON.stringify(nowhere)).not.toContain("equipment.");
  });

  test("decides what it learns of: an operation that it may neither submit nor read of is as one that is not there", async () => {
    const { as, make } = await guarded();
    const { secret } = await make({ name: "probe", permissions: ["health.read"], reason });
    const told = async (name: string) => {
      const answer = await as(secret).operations.submit.mutate({ name, input: {} });
      return JSON.stringify(answer).replaceAll(name, "it");
    };
    expect(await told("equipment.record")).toBe(await told("no.such"));
    expect(await told("equipment.record")).toContain("unknown_operation");
  });

  test("is in the audit where it wanted to change what it may not: once a minute, however often it tries", async () => {
    const { as, make, server, dataDirectory } = await guarded();
    const viewer = as((await make({ name: "viewer", role: "viewer", reason })).secret);
    for (let n = 0; n < 5; n += 1)
      await viewer.degradation.pin.mutate({ mode: "emergency_mode", reason, forMs: 60_000 }).catch(holdfastErrorOf);
    await viewer.tokens.create.mutate({ name: "mine", role: "admin", reason }).catch(holdfastErrorOf);
    await viewer.tokens.list.query().catch(holdfastErrorOf);
    await server.stop();
    const told = { principal: "token viewer", outcome: "forbidden" };
    expect((await auditOf(dataDirectory)).filter(({ principal }) => principal === "token viewer")).toMatchObject([
      { ...told, action: "degradation.pin" },
      { ...told, action: "tokens.create" },
    ]);
  });

  test("caps the priority that it may ask for", async () => {
    const { as, make, faulty, server } = await guarded();
    const { secret } = await make({ name: "kitchen", role: "service", highestPriority: "low", reason });
    faulty.cut();
    const outcome = await as(secret).operations.submit.mutate({
      name: "equipment.record",
      input: { id: "fryer", celsius: 1 },
      priority: "critical",
      answerWithinMs: 100,
    });
    if (outcome.status !== "queued") throw new Error(`not queued but ${outcome.status}`);
    expect(await server.runtime.get(outcome.operationId)).toMatchObject({ priority: "low" });
  });
});

describe("tokens over the wire", () => {
  test("are made, listed and revoked by who may, and the secret is told once", async () => {
    const { as, admin, make } = await guarded();
    const client = as(admin);
    const { secret, token } = await client.tokens.create.mutate({ name: "kitchen", role: "service", reason });
    expect(token).toMatchObject({ createdBy: "token admin", permissions: ["operation.submit", "operation.read"] });
    expect(JSON.stringify(await client.tokens.list.query())).not.toContain(secret.slice(7));
    expect(
      await client.tokens.create.mutate({ name: "kitchen", role: "service", reason }).catch(holdfastErrorOf),
    ).toMatchObject({
      reason: "token_name_taken",
      httpStatus: 409,
    });
    const manager = await make({ name: "manager", permissions: ["token.manage"], reason });
    expect(
      await as(manager.secret).tokens.create.mutate({ name: "mine", role: "admin", reason }).catch(holdfastErrorOf),
    ).toMatchObject({ reason: "forbidden", httpStatus: 403 });
    expect(await client.tokens.revoke.mutate({ id: token.id, reason })).toMatchObject({ status: "revoked" });
    expect(await as(secret).operations.list.query({ state: "ready" }).catch(holdfastErrorOf)).toMatchObject({
      httpStatus: 401,
    });
  });

  test("that are revoked lose their open subscriptions at once", async () => {
    const { url, make, server } = await guarded();
    const { secret, token } = await make({ name: "watcher", role: "viewer", reason });
    const closed = Promise.withResolvers<string>();
    const socket = connect(server.port, "127.0.0.1", () =>
      socket.write(
        `GET /trpc/degradation.watch HTTP/1.1\r\nhost: 127.0.0.1:${server.port}\r\nauthorization: Bearer ${secret}\r\naccept: text/event-stream\r\n\r\n`,
      ),
    );
    let text = "";
    socket.on("data", (chunk) => (text += chunk.toString())).on("close", () => closed.resolve(text));
    socket.on("error", () => {});
    await until("the stream", () => text.includes("text/event-stream"));
    await server.runtime.tokens.revoke(token.id, { reason });
    expect(await closed.promise).toMatch(/^HTTP\/1\.1 200/);
    expect((await rawRequest(`${url}/livez`)).status).toBe(200);
  });
});

describe("a browser's session", () => {
  test("begins with a link that is good once, or a token, and may do what that may", async () => {
    const { url, make, server } = await guarded();
    const { token } = await make({ name: "anna", kind: "person", role: "operator", reason });
    const link = server.runtime.tokens.sessions.link(token.id);
    const signedIn = await rawRequest(`${url}/?token=${link}`);
    expect([signedIn.status, signedIn.headers["location"], signedIn.text]).toEqual([303, "/", ""]);
    const [cookie = ""] = signedIn.headers["set-cookie"] ?? [];
    expect(cookie).toMatch(
      new RegExp(`^holdfast_session_${server.port}=hf_ses_\\w+; Path=/; HttpOnly; SameSite=Strict; Max-Age=\\d+$`),
    );
    const headers = { cookie: cookie.split(";")[0] ?? "" };
    expect((await rawRequest(`${url}/session`, { headers })).json).toMatchObject({
      mode: "production",
      principal: { id: "token anna", permissions: expect.arrayContaining(["degradation.pin"]) },
    });
    expect((await rawRequest(`${url}${STATUS}`, { headers })).status).toBe(200);
    // A second time it opens nothing, but whoever is in stays in.
    const again = await rawRequest(`${url}/?token=${link}`);
    expect([again.headers["location"], again.headers["set-cookie"]]).toEqual(["/?sign-in=failed", undefined]);
    expect((await rawRequest(`${url}/?token=${link}`, { headers })).headers["location"]).toBe("/");
  });

  test("changes something only from our own page", async () => {
    const { url, admin, server } = await guarded();
    const answer = await rawRequest(`${url}/session`, { method: "POST", headers: bearer(admin) });
    expect([answer.status, answer.json]).toMatchObject([201, { principal: { id: "token admin", permissions: "*" } }]);
    const cookie = (answer.headers["set-cookie"]?.[0] ?? "").split(";")[0] ?? "";
    const origin = url;
    const pin = JSON.stringify({ mode: "emergency_mode", reason, forMs: 60_000 });
    const order = (headers: Readonly<Record<string, string>>) =>
      postRaw(url, "degradation.pin", pin, { cookie, ...headers });
    for (const headers of [
      {},
      { origin },
      { "holdfast-console": "1" },
      { origin: "https://attacker.example", "holdfast-console": "1" },
      { origin: `http://localhost:${server.port}`, "holdfast-console": "1" },
    ] as const)
      expect((await order(headers)).status).toBe(403);
    expect(server.runtime.status().control.pinState).toBe("free");
    expect((await order({ origin, "holdfast-console": "1" })).status).toBe(200);
    const out = await rawRequest(`${url}/session`, {
      method: "DELETE",
      headers: { cookie, origin, "holdfast-console": "1" },
    });
    expect([out.status, out.headers["set-cookie"]?.[0]]).toEqual([204, expect.stringContaining("Max-Age=0")]);
    expect((await rawRequest(`${url}${STATUS}`, { headers: { cookie } })).status).toBe(401);
  });
});

describe("tokens that prove nothing", () => {
  test("are told to wait when there are too many of one address, while good ones pass, and cost few rows of the audit", async () => {
    const { url, admin, server, dataDirectory } = await guarded();
    const statuses = [];
    for (let n = 0; n < ATTEMPTS.perAddress + 5; n += 1)
      statuses.push((await rawRequest(`${url}${STATUS}`, { headers: bearer(`hf_svc_guess${n}`) })).status);
    expect([statuses.slice(0, ATTEMPTS.perAddress), statuses.slice(ATTEMPTS.perAddress)]).toEqual([
      Array.from({ length: ATTEMPTS.perAddress }, () => 401),
      Array.from({ length: 5 }, () => 429),
    ]);
    const limited = await rawRequest(`${url}/api/v4/degradation/status`, { headers: bearer("hf_svc_guess") });
    expect(limited.json).toMatchObject({ status: 429, code: "too_many_attempts", retryable: true });
    expect(Number(limited.headers["retry-after"])).toBeGreaterThan(0);
    expect((await rawRequest(`${url}${STATUS}`, { headers: bearer(admin) })).status).toBe(200);
    await server.stop();
    const entries = (await auditOf(dataDirectory)).filter(({ principal }) => principal === "unauthenticated");
    expect(entries).toMatchObject([
      { action: "authenticate", target: "address:127.0.0.1", outcome: "malformed", request: { attempts: 1 } },
      { action: "authenticate", target: "address:127.0.0.1", request: { attempts: ATTEMPTS.perAddress + 5 } },
    ]);
    expect(JSON.stringify(entries)).not.toContain("guess");
  });
});

describe("whether it starts", () => {
  const runtime = (principal?: Principal) => () => {
    const { dataDirectory, operations } = kitchen();
    return createRuntime({ dataDirectory, operations, ...(principal === undefined ? {} : { principal }) });
  };
  const serve = (options: Partial<Parameters<typeof serveRuntime>[0]>) =>
    serveRuntime({ runtime: runtime(), port: 0, stopOn: [], ...options });

  test("in production only where somebody can come in, and stops what it has opened", async () => {
    const opened: Runtime[] = [];
    const refused = serve({
      runtime: async () => {
        const one = await runtime()();
        opened.push(one);
        return one;
      },
    });
    await expect(refused).rejects.toMatchObject({
      code: "no_credentials",
      message: expect.stringContaining("HOLDFAST_BOOTSTRAP_TOKEN"),
    });
    expect(opened[0]?.phase).toBe("stopped");
  });

  test("with a bootstrap secret, which is a token from then on, and is replaced by the next one", async () => {
    const { dataDirectory, operations } = kitchen();
    const open = () => createRuntime({ dataDirectory, operations });
    const secret = "a-secret-that-an-operator-has-chosen-42";
    for (const bootstrapToken of [secret, secret, undefined]) {
      const server = await serve({ runtime: open, bootstrapToken });
      expect((await rawRequest(`${server.url}${STATUS}`, { headers: bearer(secret) })).status).toBe(200);
      expect(server.runtime.tokens.list().rows).toMatchObject([{ name: "bootstrap", permissions: "*" }]);
      await server.stop();
    }
    await using server = await serve({ runtime: open, bootstrapToken: `${secret}-2` });
    expect((await rawRequest(`${server.url}${STATUS}`, { headers: bearer(secret) })).status).toBe(401);
    expect((await rawRequest(`${server.url}${STATUS}`, { headers: bearer(`${secret}-2`) })).status).toBe(200);
    await expect(serve({ bootstrapToken: "short" })).rejects.toMatchObject({ code: "invalid_token" });
  });

  test("with a bootstrap secret that was revoked only where another token is live, and never by that secret", async () => {
    const { dataDirectory, operations } = kitchen();
    const open = () => createRuntime({ dataDirectory, operations });
    const bootstrapToken = "a-secret-that-an-operator-has-chosen-42";
    const first = await serve({ runtime: open, bootstrapToken });
    const [row] = first.runtime.tokens.list().rows;
    await first.runtime.tokens.revoke(row?.id ?? 0, { reason: "it was on a whiteboard" });
    await first.stop();
    await expect(serve({ runtime: open, bootstrapToken })).rejects.toMatchObject({ code: "no_credentials" });
    const made = async () => {
      const runtime = await open();
      await runtime.tokens.create({ name: "admin", role: "admin", reason });
      return runtime;
    };
    await using next = await serve({ runtime: made, bootstrapToken });
    expect((await rawRequest(`${next.url}${STATUS}`, { headers: bearer(bootstrapToken) })).status).toBe(401);
  });

  test("in development with a token that is shown once, and a link at each start while that token is live", async () => {
    const { dataDirectory, operations } = kitchen();
    const open = () => createRuntime({ dataDirectory, operations });
    const first = await serve({ runtime: open, mode: "development" });
    const { token = "", link } = first.access ?? {};
    expect([token, link]).toEqual([expect.stringMatching(/^hf_dev_/), expect.stringMatching(/^hf_lnk_/)]);
    expect((await rawRequest(`${first.url}${STATUS}`, { headers: bearer(token) })).status).toBe(200);
    await first.stop();
    const second = await serve({ runtime: open, mode: "development" });
    expect(second.access).toEqual({ link: expect.stringMatching(/^hf_lnk_/) });
    const [row] = second.runtime.tokens.list().rows;
    await second.runtime.tokens.revoke(row?.id ?? 0, { reason });
    await second.stop();
    await using third = await serve({ runtime: open, mode: "development" });
    expect(third.access).toEqual({});
  });

  test.each([
    [{ host: "0.0.0.0", mode: "development" }, "address_not_loopback"],
    [{ host: "0.0.0.0", authentication: "none", trustProxy: ["10.0.0.1"] }, "address_not_loopback"],
    [{ host: "0.0.0.0" }, "address_not_loopback"],
    [{ host: "0.0.0.0", trustProxy: ["10.0.0.1"] }, "public_origin_missing"],
    [{ host: "0.0.0.0", trustProxy: ["everybody"], publicOrigins: ["https://a.example"] }, "invalid_option"],
    [{ host: "0.0.0.0", trustProxy: ["0.0.0.0/0"], publicOrigins: ["https://a.example"] }, "invalid_option"],
    [{ publicOrigins: ["https://a.example/path"] }, "invalid_option"],
    [{ cors: ["*"] }, "invalid_option"],
    [{ faults: { list: () => [], set: () => Promise.reject(new Error("never set")) } }, "faults_in_production"],
  ] as const)("not with %j", async (options, code) => {
    await expect(serve(options)).rejects.toMatchObject({ code });
  });
});
