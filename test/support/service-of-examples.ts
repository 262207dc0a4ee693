import { join } from "node:path";
import { createRuntime, defineOperation } from "holdfast";
import { embeddedGraph } from "holdfast/graph";
import { serveRuntime } from "holdfast/server";
import { z } from "zod";
import { temporaryFolder } from "./ledger.ts";

export interface ServiceOfExamples extends AsyncDisposable {
  /** What examples that are `run beside a service` find in their environment. */
  readonly environment: { readonly HOLDFAST_URL: string; readonly HOLDFAST_TOKEN: string };
}

/** The README's service, served, with a mode that comes and goes: whoever watches has something to see. */
export async function serviceOfExamples(): Promise<ServiceOfExamples> {
  const folder = temporaryFolder();
  const graph = embeddedGraph({ file: join(folder, "graph.db"), nodes: { Equipment: { key: "id" } } });
  const recordTemperature = defineOperation({
    name: "equipment.recordTemperature",
    version: 1,
    input: z.object({ equipmentId: z.string(), celsius: z.number(), at: z.iso.datetime() }),
    dependsOn: { graph },
    priority: "high",
    orderingKey: ({ equipmentId }) => `equipment:${equipmentId}`,
    execute: ({ input: { equipmentId, celsius, at }, graph: transaction }) =>
      transaction.mergeNodes("Equipment", [{ id: equipmentId, celsius, at }]),
  });
  const server = await serveRuntime({
    runtime: () => createRuntime({ dataDirectory: join(folder, "data"), operations: [recordTemperature] }),
    port: 0,
    mode: "development",
    stopOn: [],
  });
  const { degradation } = server.runtime;
  const comesAndGoes = setInterval(() => {
    const by = { reason: "so that something happens" };
    if (degradation.release(by).status !== "released") degradation.pin("reduced_performance", { ...by, forMs: 60_000 });
  }, 250);
  return {
    environment: { HOLDFAST_URL: server.url, HOLDFAST_TOKEN: server.access?.token ?? "" },
    [Symbol.asyncDispose]: () => {
      clearInterval(comesAndGoes);
      return server.stop();
    },
  };
}
