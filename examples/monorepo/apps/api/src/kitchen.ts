import { recordReading } from "@kitchen/contracts";
import { createRuntime, defineOperation, type PartialRuntimeConfig } from "holdfast";
import { embeddedGraph, type GraphTransaction } from "holdfast/graph";
import { faultyGraph } from "holdfast/testing";
import { join } from "node:path";
import { CutSwitch } from "./cut-switch.ts";

const nodes = { Equipment: { key: "id" } } as const;

/** Comes back a little sooner than by default, so that the loop can be watched. */
const config: PartialRuntimeConfig = {
  breaker: { initialBreakMs: 500, maximumBreakMs: 2_000 },
  concurrency: { slowStartMs: 0 },
};

/** The runtime, inside of the service's own process: nothing else has to be started. */
export async function openKitchen(dataDirectory: string) {
  const faulty = faultyGraph<GraphTransaction<typeof nodes>>(
    embeddedGraph({ file: join(dataDirectory, "graph.db"), nodes }),
  );
  const graph = faulty.dependency;

  const record = defineOperation({
    ...recordReading,
    dependsOn: { graph },
    orderingKey: ({ equipmentId }) => `equipment:${equipmentId}`,
    execute: ({ input: { equipmentId, celsius, at }, graph: transaction }) =>
      transaction.mergeNodes("Equipment", [{ id: equipmentId, celsius, at }]),
  });
  const latest = defineOperation({
    name: "reading.latest",
    version: 1,
    input: recordReading.input.pick({ equipmentId: true }),
    dependsOn: { graph },
    queueable: false,
    execute: async ({ input: { equipmentId }, graph: transaction }) => {
      const [found] = await transaction.matchNodes("Equipment", { keys: [equipmentId] });
      return found === undefined ? null : { celsius: Number(found["celsius"]), at: String(found["at"]) };
    },
  });

  const runtime = await createRuntime({ dataDirectory, operations: [record, latest], config });
  return { runtime, record, latest, faults: new CutSwitch(faulty) };
}

export type Kitchen = Awaited<ReturnType<typeof openKitchen>>;
