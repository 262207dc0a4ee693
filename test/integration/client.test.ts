import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { createRuntime } from "holdfast";
import { callOptions, createHoldfastClient, HoldfastCallError, holdfastErrorOf, safe } from "holdfast/client";
import { serveRuntime } from "holdfast/server";
import { describe, expect, onTestFinished, test } from "vitest";
import { until } from "../support/ledger.ts";
import { kitchen, serveKitchen } from "./server-kitchen.ts";

const HALF_AN_HOUR = 30 * 60_000;

/** Something that answers HTTP, and is not ours. */
async function stranger(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const pin = (reason: string) => ({ mode: "reduced_performance", reason, forMs: HALF_AN_HOUR }) as const;

describe("a subscription as a loop", () => {
  test("gives changes with their explanation, and its end lets the server's reader go", async () => {
    const { client, server } = await serveKitchen();
    const changes = client.degradation.watch.subscribe();
    const seen: string[] = [];
    const reading = (async () => {
      for await (const change of changes) {
        if (change.kind !== "transition" || change.machine !== "pin") continue;
        expect(change.eventId).toMatch(/^.+\.\d+$/);
        seen.push(change.explanation);
        break;
      }
    })();
    await until("the reader", () => server.runtime.feeds.transitions.readers === 1);
    await client.degradation.pin.mutate(pin("the floor is wet"));
    await reading;
    expect(seen).toEqual([expect.stringContaining("the floor is wet")]);
    await until("the reader to be gone", () => server.runtime.feeds.transitions.readers === 0);
  });

  test("goes on after a restart of the server", async () => {
    const made = kitchen();
    const serve = (port: number) =>
      serveRuntime({
        runtime: () => createRuntime({ dataDirectory: made.dataDirectory, operations: made.operations }),
        port,
        stopOn: [],
        authentication: "none",
      });
    const first = await serve(0);
    const client = createHoldfastClient({ url: first.url });
    const leave = new AbortController();
    const seen: string[] = [];
    const reading = (async () => {
      for await (const change of client.degradation.watch.subscribe(undefined, { signal: leave.signal }))
        if (change.kind === "transition" && change.machine === "pin") seen.push(change.explanation);
    })();
    await until("the reader", () => first.runtime.feeds.transitions.readers === 1);
    await client.degradation.pin.mutate(pin("before"));
    await until("the first pin", () => seen.length === 1);
    await first.stop();
    const second = await serve(first.port);
    onTestFinished(() => second.stop());
    await until("the reader to come back", () => second.runtime.feeds.transitions.readers === 1);
    await client.degradation.release.mutate({ reason: "after" });
    await until("what happened after", () => seen.some((each) => each.includes("after")));
    leave.abort();
    await reading;
  });

  test("ends with the reason of a refusal", async () => {
    const url = await stranger((_request, response) => {
      response.writeHead(403, { "content-type": "application/json" });
      response.end(
        JSON.stringify({
          error: {
            message: "not for you",
            code: -32003,
            data: { code: "FORBIDDEN", httpStatus: 403, reason: "forbidden", retryable: false },
          },
        }),
      );
    });
    const loop = async () => {
      for await (const _change of createHoldfastClient({ url }).alerts.watch.subscribe());
    };
    await expect(loop()).rejects.toMatchObject({ reason: "forbidden", message: "not for you", httpStatus: 403 });
  });
});

describe("a subscription that the server refuses", () => {
  test("says what is wrong with its input, and where", async () => {
    const { client } = await serveKitchen();
    const loop = async () => {
      for await (const _ of client.degradation.watch.subscribe({ lastEventId: "x".repeat(65) }));
    };
    await expect(loop()).rejects.toMatchObject({
      reason: "invalid_input",
      httpStatus: 400,
      issues: [{ path: "$.lastEventId", message: expect.any(String) }],
    });
  });

  test("says that too many are watching, and tries again by itself when that may pass", async () => {
    const { client, server } = await serveKitchen();
    const { transitions } = server.runtime.feeds;
    const leave = new AbortController();
    const readers: Promise<unknown>[] = [];
    while (transitions.takesReaders) readers.push(Array.fromAsync(transitions.read(undefined, leave.signal)));
    const states: string[] = [];
    const subscription = client.degradation.watch.subscribe(
      {},
      { onConnectionStateChange: ({ state, error }) => states.push(error === null ? state : "lost") },
    );
    await until("the refusal", () => states.includes("lost"));
    leave.abort();
    await Promise.all(readers);
    await until("it to come back", () => states.includes("pending"));
    subscription.unsubscribe();
    await until("the reader to be gone", () => transitions.readers === 0);
  });
});

describe("a call that fails", () => {
  test("is a value with a reason for whoever asks safely", async () => {
    const { client } = await serveKitchen();
    const [status, none] = await safe(client.degradation.status.query());
    expect(none).toBeUndefined();
    expect(status?.currentMode).toBe("normal");
    const [answer, error] = await safe(client.degradation.pin.mutate({ ...pin("late"), forMs: -1 }));
    expect(answer).toBeUndefined();
    expect(error).toBeInstanceOf(HoldfastCallError);
    expect(error).toMatchObject({ retryable: false, httpStatus: 400, requestId: expect.any(String) });
    await expect(safe(Promise.reject(new Error("somebody else's")))).rejects.toThrow("somebody else's");
  });

  test.each<[what: string, answer: RequestListener, expected: object]>([
    [
      "a page of somebody else's",
      (_request, response) => response.writeHead(404, { "content-type": "text/html" }).end("<h1>Not here</h1>"),
      { reason: "not_holdfast", retryable: false, message: expect.stringContaining("check the url") },
    ],
    [
      "JSON of somebody else's",
      (_request, response) => response.writeHead(200, { "content-type": "application/json" }).end('{"hello":1}'),
      { reason: "not_holdfast", retryable: false },
    ],
    [
      "a proxy without its server",
      (_request, response) => response.writeHead(502, { "content-type": "text/html" }).end("Bad Gateway"),
      { reason: "not_connected", retryable: true, httpStatus: 502 },
    ],
    [
      "a problem before tRPC",
      (_request, response) =>
        response
          .writeHead(403, { "content-type": "application/problem+json; charset=utf-8" })
          .end(JSON.stringify({ code: "caller_forbidden", detail: "The Host header must name this machine." })),
      { reason: "caller_forbidden", message: "The Host header must name this machine.", httpStatus: 403 },
    ],
    ["a connection that is cut", (request) => request.socket.destroy(), { reason: "not_connected", retryable: true }],
  ])("says what is wrong with %s", async (_what, answer, expected) => {
    const client = createHoldfastClient({ url: await stranger(answer) });
    const [, error] = await safe(client.degradation.status.query());
    expect(error).toMatchObject(expected);
  });

  test("says that nobody listens, and where", async () => {
    const { server } = await serveKitchen();
    await server.stop();
    const [, error] = await safe(createHoldfastClient({ url: server.url }).degradation.status.query());
    expect(error).toMatchObject({
      reason: "not_connected",
      retryable: true,
      message: `Cannot connect to ${server.url} (ECONNREFUSED).`,
    });
  });

  test("says that client and server are of two versions", async () => {
    const { client } = await serveKitchen();
    const newer = client as unknown as { readonly degradation: { readonly foretell: { query(): Promise<unknown> } } };
    const [, error] = await safe(newer.degradation.foretell.query());
    expect(error).toMatchObject({ reason: "version_mismatch", retryable: false });
  });

  test("is aborted by its own signal", async () => {
    const client = createHoldfastClient({ url: await stranger(() => {}) });
    const leave = new AbortController();
    const call = safe(client.degradation.status.query(undefined, callOptions({ signal: leave.signal })));
    leave.abort();
    const [, error] = await call;
    expect(error?.reason).toBe("aborted");
  });

  test("is nothing of the client's where it came from elsewhere", () => {
    expect(holdfastErrorOf(new TypeError("mine"))).toBeUndefined();
  });
});

describe("what travels in headers", () => {
  async function echo(): Promise<{ readonly url: string; readonly seen: Record<string, unknown>[] }> {
    const seen: Record<string, unknown>[] = [];
    const url = await stranger((request, response) => {
      seen.push(request.headers);
      const refused = request.headers.authorization === "Bearer hf_old";
      response.writeHead(refused ? 401 : 200, { "content-type": "application/json" });
      const error = {
        message: "expired",
        code: -32001,
        data: { code: "UNAUTHORIZED", httpStatus: 401, reason: "token_expired", retryable: false },
      };
      response.end(JSON.stringify(refused ? { error } : { result: { data: { status: "queued" } } }));
    });
    return { url, seen };
  }

  const submission = { name: "equipment.record", input: {} };

  test("priority, time and key go beside the input, and a token and headers with every call", async () => {
    const { url, seen } = await echo();
    const client = createHoldfastClient({ url, token: "hf_abc", headers: { "x-tenant": "north" } });
    await client.operations.submit.mutate(
      submission,
      callOptions({ priority: "high", answerWithinMs: 250, idempotencyKey: "order-17", requestId: "r-1" }),
    );
    expect(seen).toEqual([
      expect.objectContaining({
        authorization: "Bearer hf_abc",
        "x-tenant": "north",
        "holdfast-priority": "high",
        "holdfast-answer-within-ms": "250",
        "idempotency-key": "order-17",
        "x-request-id": "r-1",
      }),
    ]);
  });

  test("a token that was turned down is asked for anew, once", async () => {
    const { url, seen } = await echo();
    const asked: boolean[] = [];
    const token = ({ refused }: { readonly refused: boolean }) => {
      asked.push(refused);
      return Promise.resolve(refused ? "hf_new" : "hf_old");
    };
    expect(await createHoldfastClient({ url, token }).operations.submit.mutate(submission)).toEqual({
      status: "queued",
    });
    expect(asked).toEqual([false, true]);
    expect(seen.map(({ authorization }) => authorization)).toEqual(["Bearer hf_old", "Bearer hf_new"]);
    const [, error] = await safe(createHoldfastClient({ url, token: "hf_old" }).operations.submit.mutate(submission));
    expect(error).toMatchObject({ reason: "unauthenticated", httpStatus: 401, message: "expired" });
  });

  test("a token or an option that no header can carry is refused without being shown", async () => {
    const { url, seen } = await echo();
    const [, token] = await safe(
      createHoldfastClient({ url, token: "hf_secret\n" }).operations.submit.mutate(submission),
    );
    expect(token?.reason).toBe("invalid_token");
    expect(JSON.stringify([token?.message, String(token?.cause)])).not.toContain("secret");
    const [, option] = await safe(
      createHoldfastClient({ url }).operations.submit.mutate(
        submission,
        callOptions({ idempotencyKey: "a\r\nx-admin: 1" }),
      ),
    );
    expect(option?.reason).toBe("invalid_option");
    const loop = async () => {
      for await (const _ of createHoldfastClient({ url, token: "hf_secret\n" }).alerts.watch.subscribe());
    };
    await expect(loop()).rejects.toMatchObject({ reason: "invalid_token" });
    expect(seen).toEqual([]);
  });

  test("the url is that of a server, without credentials", () => {
    for (const url of ["", "not a url", "ftp://127.0.0.1", "http://anna:secret@127.0.0.1"])
      expect(() => createHoldfastClient({ url })).toThrow(TypeError);
  });
});
