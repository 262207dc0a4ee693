import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createRuntime, type Runtime } from "holdfast";
import { createHoldfastClient, holdfastErrorOf } from "holdfast/client";
import { serveRuntime } from "holdfast/server";
import { describe, expect, onTestFinished, test } from "vitest";
import { until } from "../support/ledger.ts";
import { kitchen, serveKitchen } from "./server-kitchen.ts";

const ask = async (url: string, path: string) => {
  const response = await fetch(`${url}${path}`);
  return { status: response.status, body: (await response.json()) as unknown };
};

/** A port that nothing listens on now. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe("whether the server lives and is ready", () => {
  test("before the journal is open it lives and is not ready, and calls are told to come back", async () => {
    const { dataDirectory, operations } = kitchen();
    const opening = Promise.withResolvers<void>();
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const serving = serveRuntime({
      runtime: () => opening.promise.then(() => createRuntime({ dataDirectory, operations })),
      port,
      stopOn: [],
      authentication: "none",
    });
    await until("the port", () =>
      fetch(`${url}/livez`).then(
        ({ ok }) => ok,
        () => false,
      ),
    );
    expect(await ask(url, "/readyz")).toEqual({ status: 503, body: { status: "starting", modes: [] } });
    const early = await createHoldfastClient({ url }).degradation.status.query().catch(holdfastErrorOf);
    expect(early).toMatchObject({ reason: "starting", httpStatus: 503, retryable: true });

    opening.resolve();
    await using server = await serving;
    expect(server.url).toBe(url);
    expect(await ask(url, "/readyz")).toEqual({ status: 200, body: { status: "ready", modes: ["normal"] } });
    expect(await ask(url, "/livez")).toEqual({ status: 200, body: { status: "alive" } });
  });

  test("degraded is ready, and says so", async () => {
    const { server, client, faulty } = await serveKitchen();
    faulty.cut();
    await client.operations.submit.mutate({
      name: "equipment.record",
      input: { id: "fryer", celsius: 1 },
      answerWithinMs: 500,
    });
    await until("the mode", async () => (await client.degradation.status.query()).currentMode === "local_queue");
    expect(await ask(server.url, "/readyz")).toEqual({
      status: 200,
      body: { status: "degraded", modes: ["local_queue"] },
    });
    faulty.restore();
    await until("normal", async () => (await client.degradation.status.query()).currentMode === "normal");
    expect(await ask(server.url, "/readyz")).toEqual({ status: 200, body: { status: "ready", modes: ["normal"] } });
  });

  test("while it stops it is not ready and takes nothing new; what is in flight gets its answer", async () => {
    const { server, client, gate } = await serveKitchen();
    const inFlight = client.operations.submit.mutate({ name: "equipment.slow", input: { id: "oven" } });
    await until("the handler", () => server.runtime.status().queue.inFlight === 1);
    const stopping = server.stop();
    expect(server.stop()).toBe(stopping);
    expect(server.phase).toBe("stopping");
    expect(await ask(server.url, "/readyz")).toEqual({ status: 503, body: { status: "stopping", modes: [] } });
    expect(await ask(server.url, "/livez")).toMatchObject({ status: 200 });
    expect(
      await client.operations.submit.mutate({ name: "equipment.record", input: { id: "fryer", celsius: 1 } }),
    ).toMatchObject({ status: "refused", reason: "stopping", retryable: true });

    gate.resolve();
    expect(await inFlight).toMatchObject({ status: "completed", value: "done" });
    await stopping;
    await server.stopped;
    expect(server.phase).toBe("stopped");
    expect(server.runtime.phase).toBe("stopped");
    await expect(fetch(`${server.url}/livez`)).rejects.toThrow("fetch failed");
  });

  test("what does not end within its time is answered as queued, and is done by the next start", async () => {
    const { server, client, dataDirectory, operations, gate } = await serveKitchen({ config: { stopWithinMs: 200 } });
    const inFlight = client.operations.submit.mutate({ name: "equipment.slow", input: { id: "oven" } });
    await until("the handler", () => server.runtime.status().queue.inFlight === 1);
    await server.stop();
    const outcome = await inFlight;
    expect(outcome).toMatchObject({ status: "queued" });
    if (outcome.status !== "queued") return;

    gate.resolve();
    await using again: Runtime = await createRuntime({ dataDirectory, operations });
    expect(await again.result(outcome.operationId, { waitMs: 20_000 })).toMatchObject({
      status: "completed",
      value: "done",
    });
  });

  test("a client that waits for a result does not hold up a stop", async () => {
    const { server, client, faulty } = await serveKitchen();
    faulty.cut();
    const outcome = await client.operations.submit.mutate({
      name: "equipment.record",
      input: { id: "fryer", celsius: 1 },
      answerWithinMs: 200,
    });
    if (outcome.status !== "queued") throw new Error(`not queued but ${outcome.status}`);
    const waiting = client.operations.result
      .query({ operationId: outcome.operationId, waitMs: 30_000 })
      .catch(() => "cut");
    await new Promise((resolve) => setTimeout(resolve, 100));
    const startedMs = performance.now();
    await server.stop();
    expect(performance.now() - startedMs).toBeLessThan(5_000);
    await waiting;
  });
});

describe("a server that cannot start", () => {
  test("says that the port is taken, and opens no journal", async () => {
    const { server } = await serveKitchen();
    let opened = false;
    const second = serveRuntime({ runtime: () => Promise.reject((opened = true)), port: server.port, stopOn: [] });
    await expect(second).rejects.toMatchObject({
      code: "address_in_use",
      message: `Port ${server.port} on 127.0.0.1 is taken by another process.`,
    });
    expect(opened).toBe(false);
  });

  test("gives the port back when the journal cannot be opened, and says why", async () => {
    const { dataDirectory, operations, server } = await serveKitchen();
    const port = await freePort();
    const second = serveRuntime({ runtime: () => createRuntime({ dataDirectory, operations }), port, stopOn: [] });
    await expect(second).rejects.toMatchObject({
      code: "data_directory_in_use",
      message: expect.stringContaining(String(process.pid)),
    });
    const listening = createServer().listen(port, "127.0.0.1");
    onTestFinished(() => void listening.close());
    await new Promise((resolve, reject) => listening.once("listening", resolve).once("error", reject));
    expect(server.phase).toBe("ready");
  });
});
