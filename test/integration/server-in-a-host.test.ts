import { fastify } from "fastify";
import { createRuntime, type Principal } from "holdfast";
import { createHoldfastClient } from "holdfast/client";
import { fastifyHoldfast, holdfastFetchHandler } from "holdfast/server";
import { describe, expect, onTestFinished, test } from "vitest";
import { until } from "../support/ledger.ts";
import { kitchen, rawRequest } from "./server-kitchen.ts";

const PEOPLE: Readonly<Record<string, Principal>> = {
  chef: { id: "chef", permissions: "*" },
  waiter: { id: "waiter", permissions: ["degradation.read"] },
};

async function openKitchen() {
  const { dataDirectory, operations } = kitchen();
  const runtime = await createRuntime({ dataDirectory, operations });
  onTestFinished(() => runtime.stop());
  return runtime;
}

/** A service with a Fastify of its own, which has ours below a name. */
async function hostOnFastify() {
  const runtime = await openKitchen();
  const app = fastify();
  app.get("/hello", () => "the host's own");
  app.post("/echo", (request) => request.body);
  app.setNotFoundHandler((_request, reply) => reply.code(404).send("the host's own 404"));
  await app.register(fastifyHoldfast, {
    prefix: "/holdfast",
    runtime,
    principal: async ({ headers }) => PEOPLE[String(headers["x-person"])],
    origins: ["https://shop.example.org"],
  });
  onTestFinished(() => app.close());
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  const clientOf = (person: string) =>
    createHoldfastClient({ url: `${url}/holdfast`, headers: { "x-person": person } });
  return { app, runtime, url, clientOf };
}

/** A host that speaks Request and Response, without a socket. */
async function hostOnFetch() {
  const runtime = await openKitchen();
  const handle = holdfastFetchHandler({
    runtime,
    prefix: "/holdfast",
    principal: ({ headers }) => PEOPLE[headers.get("x-person") ?? ""],
  });
  const ask = (path: string, init: Omit<RequestInit, "headers"> & { headers?: Record<string, string> } = {}) =>
    handle(
      new Request(`https://shop.example.org${path}`, { ...init, headers: { "x-person": "chef", ...init.headers } }),
    );
  const client = createHoldfastClient({
    url: "https://shop.example.org/holdfast",
    headers: { "x-person": "chef" },
    fetch: (input, init) => handle(new Request(input, init)),
  });
  return { runtime, handle, ask, client };
}

const FRYER = { name: "equipment.record", input: { id: "fryer-3", celsius: 177 } };

describe("holdfast in a host's own Fastify", () => {
  test("answers the client below the host's path, for whom the host says it is", async () => {
    const { clientOf, runtime } = await hostOnFastify();
    expect(await clientOf("chef").operations.submit.mutate(FRYER)).toMatchObject({ status: "completed" });
    const waiter = clientOf("waiter");
    expect((await waiter.degradation.status.query()).currentMode).toBe("normal");
    await expect(
      waiter.degradation.pin.mutate({ mode: "emergency_mode", reason: "try", forMs: 60_000 }),
    ).rejects.toMatchObject({ data: { reason: "forbidden" } });
    await expect(clientOf("stranger").degradation.status.query()).rejects.toMatchObject({
      data: { reason: "unauthenticated", httpStatus: 401 },
    });
    expect(runtime.policy.pin).toBeUndefined();
  });

  test("tells its places as they are from outside: in REST, in its document, and to the console", async () => {
    const { url } = await hostOnFastify();
    const headers = { "x-person": "chef", "content-type": "application/json" };
    const submitted = await rawRequest(`${url}/holdfast/api/v4/operations`, {
      method: "POST",
      headers,
      body: JSON.stringify(FRYER),
    });
    expect(submitted).toMatchObject({ status: 200, json: { status: "completed" } });
    const document = await rawRequest(`${url}/holdfast/api/v4/openapi.json`, { headers });
    expect(document.json).toMatchObject({ servers: [{ url: "/holdfast" }] });

    expect(await rawRequest(`${url}/holdfast`)).toMatchObject({ status: 308, headers: { location: "/holdfast/" } });
    const page = await rawRequest(`${url}/holdfast/`);
    const [script = ""] = page.text.match(/\.\/console\/console-\w+\.js/) ?? [];
    const file = await rawRequest(new URL(script, `${url}/holdfast/`).href);
    expect(file).toMatchObject({ status: 200, headers: { "content-type": expect.stringContaining("javascript") } });
    expect(await rawRequest(`${url}/holdfast/session`, { headers })).toMatchObject({
      json: { principal: { id: "chef" }, mode: "production" },
    });
    expect((await rawRequest(`${url}/holdfast/session`)).status).toBe(401);
    expect(await rawRequest(`${url}/holdfast/readyz`)).toMatchObject({ status: 200, json: { status: "ready" } });
  });

  test("leaves the host's own routes as they are", async () => {
    const { url } = await hostOnFastify();
    const hello = await rawRequest(`${url}/hello`);
    expect(hello.text).toBe("the host's own");
    expect(hello.headers).not.toHaveProperty("content-security-policy");
    const body = '{"a":1}';
    const headers = { "content-type": "application/json" };
    expect((await rawRequest(`${url}/echo`, { method: "POST", headers, body })).json).toEqual({ a: 1 });
    expect((await rawRequest(`${url}/nowhere`)).text).toBe("the host's own 404");
    expect((await rawRequest(`${url}/holdfast/nowhere`)).json).toMatchObject({ code: "not_found" });
  });

  test("lets no page of another site change anything in a person's name, unless the host says so", async () => {
    const { url } = await hostOnFastify();
    const submitFrom = (origin: string) =>
      rawRequest(`${url}/holdfast/trpc/operations.submit`, {
        method: "POST",
        headers: { "x-person": "chef", "content-type": "application/json", origin },
        body: JSON.stringify(FRYER),
      });
    expect(await submitFrom("https://evil.example.org")).toMatchObject({
      status: 403,
      json: { error: { data: { reason: "cross_site" } } },
    });
    expect((await submitFrom("https://shop.example.org")).status).toBe(200);
    expect((await submitFrom(url)).status).toBe(200);
  });

  test("does not hold up a host that closes while somebody listens", async () => {
    const { app, clientOf, runtime } = await hostOnFastify();
    const changes = clientOf("chef").degradation.watch.subscribe(undefined, { onData: () => {} });
    onTestFinished(() => changes.unsubscribe());
    await until("it is heard", () => runtime.feeds.transitions.readers > 0);
    await app.close();
    await until("nobody listens", () => runtime.feeds.transitions.readers === 0);
    expect(runtime.phase).toBe("running");
  });
});

describe("holdfast behind a host's fetch handler", () => {
  test("answers the client, its subscriptions too, and ends them with their readers", async () => {
    const { client, runtime } = await hostOnFetch();
    expect(await client.operations.submit.mutate(FRYER)).toMatchObject({ status: "completed" });
    const seen: string[] = [];
    const changes = client.degradation.watch.subscribe(undefined, { onData: ({ id }) => seen.push(id) });
    await until("it is heard", () => runtime.feeds.transitions.readers > 0);
    runtime.degradation.pin("reduced_performance", { reason: "to be seen", forMs: 60_000 });
    await until("it is told", () => seen.length > 0);
    changes.unsubscribe();
    await until("nobody listens", () => runtime.feeds.transitions.readers === 0);
  });

  test("answers what has no body, what is known, what is too large and what is not there", async () => {
    const { ask, handle } = await hostOnFetch();
    const status = await ask("/holdfast/api/v4/openapi.json");
    const etag = status.headers.get("etag") ?? "";
    expect(status.status).toBe(200);
    expect((await ask("/holdfast/api/v4/openapi.json", { headers: { "if-none-match": etag } })).status).toBe(304);
    expect((await ask("/holdfast/livez", { method: "HEAD" })).status).toBe(200);
    expect((await ask("/holdfast/")).headers.get("content-type")).toContain("text/html");
    expect((await ask("/elsewhere")).status).toBe(404);
    expect((await handle(new Request("https://shop.example.org/holdfast/api/v4/degradation/status"))).status).toBe(401);
    const large = JSON.stringify({ name: "equipment.record", input: "x".repeat(2_000_000) });
    const headers = { "content-type": "application/json" };
    expect((await ask("/holdfast/api/v4/operations", { method: "POST", headers, body: large })).status).toBe(413);
  });

  test("asks the host anew for every request, however many are under way", async () => {
    const { handle } = await hostOnFetch();
    const named = await Promise.all(
      Array.from({ length: 40 }, async (_, index) => {
        const person = index % 2 === 0 ? "chef" : "waiter";
        const answer = await handle(
          new Request("https://shop.example.org/holdfast/session", { headers: { "x-person": person } }),
        );
        const { principal } = (await answer.json()) as { principal: { id: string } };
        return principal.id === person;
      }),
    );
    expect(named.filter((isSame) => !isSame)).toEqual([]);
  });
});
