import { join } from "node:path";
import { createRuntime, type Runtime } from "holdfast";
import { createHoldfastClient } from "holdfast/client";
import { embeddedGraph } from "holdfast/graph";
import { serveRuntime } from "holdfast/server";
import { faultyGraph } from "holdfast/testing";
import { describe, expect, onTestFinished, test } from "vitest";
import { documentOperations } from "../../examples/manuals/document-operations.ts";
import { ManualsFaults } from "../../examples/manuals/faults/manuals-faults.ts";
import { manualNodes as nodes, manualRelationships as relationships } from "../../examples/manuals/graph-model.ts";
import type { ManualsTransaction } from "../../examples/manuals/manuals-graph.ts";
import { openReader } from "../../src/storage/open-reader.ts";
import { listAudit } from "../../src/storage/reads/list-audit.ts";
import { temporaryFolder, until } from "../support/ledger.ts";
import { serveKitchen } from "./server-kitchen.ts";

/** The service of `npm start`, with the faults that it gives to newcomers. */
async function serveManuals() {
  const folder = temporaryFolder();
  const faulty = faultyGraph<ManualsTransaction>(
    embeddedGraph({ file: join(folder, "graph.db"), nodes, relationships }),
  );
  const operations = documentOperations(faulty.dependency);
  let runtime: Runtime | undefined;
  const faults = new ManualsFaults(faulty, operations, () => runtime);
  const server = await serveRuntime({
    runtime: async () => {
      runtime = await createRuntime({
        dataDirectory: join(folder, "data"),
        operations: Object.values(operations),
        config: { breaker: { initialBreakMs: 50, maximumBreakMs: 200 } },
      });
      return runtime;
    },
    port: 0,
    stopOn: [],
    authentication: "none",
    faults,
  });
  onTestFinished(async () => {
    faults.stop();
    faulty.restore();
    await server.stop();
  });
  return { server, faults, folder, client: createHoldfastClient({ url: server.url }) };
}

describe("faults", () => {
  test("play a newcomer's first minute: load, cut, queue, restore, drain, and nothing is lost", async () => {
    const { client, server } = await serveManuals();
    const status = () => client.degradation.status.query();
    expect((await client.faults.list.query()).map(({ id }) => id)).toEqual([
      "graph.cut",
      "graph.slow",
      "graph.flap",
      "memory.fill",
      "load",
    ]);
    expect(await client.faults.set.mutate({ id: "load", value: 200 })).toMatchObject({ kind: "slider", value: 200 });
    await until("work to be done", () => server.runtime.status().ended.completed > 20);
    expect(await client.faults.set.mutate({ id: "graph.cut", on: true })).toMatchObject({ kind: "switch", on: true });
    await until("the mode", async () => (await status()).currentMode === "local_queue");
    await until("a backlog", async () => (await status()).operationsQueued > 100);
    await client.faults.set.mutate({ id: "load", value: 0 });
    await client.faults.set.mutate({ id: "graph.cut", on: false });
    await until("the backlog to be drained", async () => (await status()).operationsQueued === 0);
    await until("normal", async () => (await status()).currentMode === "normal");
    const { ended, queue } = server.runtime.status();
    expect([ended.failed, ended.dead, queue.counts.dead]).toEqual([0, 0, 0]);
  });

  test("hold memory that they let go of when the service runs short of it", async () => {
    const { client, faults } = await serveManuals();
    await client.faults.set.mutate({ id: "memory.fill", value: 16 });
    const memory = async () => (await client.faults.list.query()).find(({ id }) => id === "memory.fill");
    expect(await memory()).toMatchObject({ kind: "slider", value: 16, minimum: 0, unit: "MiB" });
    faults.letGoOfMemory();
    expect(await memory()).toMatchObject({ value: 0 });
  });

  test("are in the audit: who set which, also where it did not fit", async () => {
    const { client, server, folder } = await serveManuals();
    await client.faults.set.mutate({ id: "graph.slow", value: 100 });
    await client.faults.set.mutate({ id: "graph.cut", value: 1 }).catch(() => {});
    await server.stop();
    const reader = openReader({ dataDirectory: join(folder, "data") });
    const { rows } = await listAudit(reader.database, { limit: 1_000 });
    await reader.close();
    const entries = rows
      .filter(({ kind }) => kind === "control")
      .map(({ principal, detail }) => ({ principal, ...(JSON.parse(detail ?? "{}") as object) }));
    const slow = { principal: "local-operator", action: "set_fault", target: "fault:graph.slow", outcome: "set" };
    expect(entries).toMatchObject([
      { ...slow, request: { wanted: 100 } },
      { ...slow, target: "fault:graph.cut", outcome: "invalid_fault_value", request: { wanted: 1 } },
    ]);
  });

  test("refuse what does not fit, and do nothing then", async () => {
    const { client } = await serveManuals();
    for (const wrong of [
      { id: "graph.cut", value: 1 },
      { id: "load", on: true },
      { id: "load", value: 1e9 },
      { id: "load", value: -1 },
    ])
      await expect(client.faults.set.mutate(wrong), JSON.stringify(wrong)).rejects.toMatchObject({
        data: { reason: "invalid_fault_value", httpStatus: 400 },
      });
    await expect(client.faults.set.mutate({ id: "graph.explode", on: true })).rejects.toMatchObject({
      data: { reason: "not_found" },
    });
    expect((await client.faults.list.query()).every((fault) => ("on" in fault ? !fault.on : fault.value === 0))).toBe(
      true,
    );
  });

  test("are not found at a server that was given none", async () => {
    const { client } = await serveKitchen();
    await expect(client.faults.list.query()).rejects.toMatchObject({ data: { reason: "not_found", httpStatus: 404 } });
    await expect(client.faults.set.mutate({ id: "graph.cut", on: true })).rejects.toMatchObject({
      data: { httpStatus: 404 },
    });
  });
});
