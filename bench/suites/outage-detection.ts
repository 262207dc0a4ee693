import { join } from "node:path";
import { createRuntime, defineOperation, type Runtime, silentLogger } from "holdfast";
import { neo4j } from "holdfast/neo4j";
import { type Neo4jServer, startFaultProxy } from "holdfast/testing";
import { z } from "zod";
import type { Finding } from "../entry.ts";
import { median } from "../harness/median.ts";
import type { SuiteContext } from "../suite.ts";

/*
 * How long a service goes on calling a dependency that is gone: from the fault at the socket until the policy says
 * `queue`, with five calls under way. A part of the suite `submit`, which has a Neo4j.
 */

const CALLS = 5;
const ATTEMPT_TIMEOUT_MS = 1_000;

export async function* outageDetection(context: SuiteContext, server: Neo4jServer): AsyncIterable<Finding> {
  const { uri, username, password, host, port } = server;
  const proxy = await startFaultProxy({ target: { host, port } });
  const graph = neo4j({
    name: "neo4j",
    uri: uri.replace(/:\d+$/, `:${proxy.port}`),
    username,
    password,
    nodes: { Item: { key: "id" } },
  });
  const set = defineOperation({
    name: "item.set",
    version: 1,
    input: z.object({ id: z.string(), value: z.number() }),
    dependsOn: { graph },
    attemptTimeoutMs: ATTEMPT_TIMEOUT_MS,
    execute: ({ input, graph: transaction }) => transaction.mergeNodes("Item", [input]),
  });
  const runtime = await createRuntime({
    dataDirectory: join(context.folder, "detection"),
    operations: [set],
    config: { concurrency: { slowStartMs: 0 }, breaker: { initialBreakMs: 200 } },
    logger: silentLogger,
  });
  const submitAll = (calls: number, value: number): Promise<unknown> =>
    Promise.all(Array.from({ length: calls }, (_, n) => runtime.submit(set, { id: `detection-${n}`, value })));
  try {
    for (const fault of ["cut", "stall"] as const) {
      context.progress(`a ${fault} of Neo4j`);
      const detectedMs: number[] = [];
      for (let time = 0; time < (context.quick ? 1 : 5); time++) {
        await decided(runtime, "run");
        await submitAll(20, time);
        const seen = decided(runtime, "queue");
        const startedAt = performance.now();
        proxy[fault]();
        const calls = submitAll(CALLS, time);
        await seen;
        detectedMs.push(performance.now() - startedAt);
        proxy.restore();
        await calls;
      }
      yield { case: `a ${fault} of Neo4j is seen after`, unit: "ms", ours: median(detectedMs) };
    }
  } finally {
    proxy.restore();
    await runtime.stop();
    await proxy.close();
  }
}

function decided(runtime: Runtime, decision: "run" | "queue"): Promise<void> {
  const isSo = (): boolean => runtime.status().control.policy.dependencies["neo4j"]?.decision === decision;
  if (isSo()) return Promise.resolve();
  return new Promise((resolve) => {
    const stopListening = runtime.on("policy", ({ dependencies }) => {
      if (dependencies["neo4j"]?.decision !== decision) return;
      stopListening();
      resolve();
    });
  });
}
