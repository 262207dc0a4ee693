import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRuntime, defineOperation, type Runtime } from "holdfast";
import { embeddedGraph } from "holdfast/graph";
import { neo4j } from "holdfast/neo4j";
import { faultyGraph, neo4jUnavailable, startFaultProxy, startNeo4jServer } from "holdfast/testing";
import { z } from "zod";
import { bareReceiptedWrite } from "./bare-write.ts";

/*
 * The figures that the first issue asks for, measured on this machine in one run. Prints one JSON line per figure to
 * stdout; what cannot be measured here is said on stderr and left out. `npm run figures [-- --neo4j]`
 */

const folder = mkdtempSync(join(tmpdir(), "holdfast-figures-"));
const print = (figure: string, values: Record<string, number | string>): void =>
  console.log(JSON.stringify({ figure, ...values }));
const percentile = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? Number.NaN;
const round = (value: number): number => Math.round(value * 100) / 100;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function queuedSubmit(): Promise<void> {
  const faulty = faultyGraph(embeddedGraph({ file: join(folder, "queued.db"), nodes: { Item: { key: "id" } } }));
  const set = defineOperation({
    name: "item.set",
    version: 1,
    input: z.object({ id: z.string(), value: z.number() }),
    dependsOn: { graph: faulty.dependency },
    orderingKey: ({ id }) => `item:${id}`,
    execute: ({ input, graph }) => graph.mergeNodes("Item", [input]),
  });
  faulty.cut();
  await using runtime = await createRuntime({ dataDirectory: join(folder, "queued"), operations: [set] });
  await offer(1_000, 2_000, (n) => runtime.submit(set, { id: `item-${n % 200}`, value: n })); // warm
  const waits: number[] = [];
  await offer(1_000, 10_000, async (n) => {
    const startedAt = performance.now();
    await runtime.submit(set, { id: `item-${n % 200}`, value: n });
    waits.push(performance.now() - startedAt);
  });
  print("queued submit at 1,000/s over 200 lanes", {
    p50Ms: round(percentile(waits, 0.5)),
    p99Ms: round(percentile(waits, 0.99)),
    maximumMs: round(Math.max(...waits)),
    promisedP99Ms: 5,
    count: waits.length,
  });
}

/** Offers `count` calls at a steady rate, whether or not earlier ones have been answered. */
async function offer(perSecond: number, count: number, call: (n: number) => Promise<unknown>): Promise<void> {
  const startedAt = performance.now();
  const calls: Promise<unknown>[] = [];
  for (let n = 0; n < count; ) {
    const due = Math.min(count, Math.floor(((performance.now() - startedAt) / 1_000) * perSecond));
    for (; n < due; n++) calls.push(call(n));
    await pause(1);
  }
  await Promise.all(calls);
}

async function onNeo4j(): Promise<void> {
  const server = await startNeo4jServer();
  try {
    const proxy = await startFaultProxy({ target: { host: server.host, port: server.port } });
    const login = { username: server.username, password: server.password, nodes: { Item: { key: "id" } } } as const;
    await directSubmit({ uri: server.uri, ...login });
    await detection(proxy, { uri: `bolt://127.0.0.1:${proxy.port}`, ...login });
    await proxy.close();
  } finally {
    await server.dispose();
  }
}

type Login = {
  readonly uri: string;
  readonly username: string;
  readonly password: string;
  readonly nodes: { readonly Item: { readonly key: string } };
};

async function directSubmit(login: Login): Promise<void> {
  const graph = neo4j(login);
  const set = defineOperation({
    name: "item.set",
    version: 1,
    input: z.object({ id: z.string(), value: z.number() }),
    dependsOn: { graph },
    execute: ({ input, graph: transaction }) => transaction.mergeNodes("Item", [input]),
  });
  await using runtime = await createRuntime({
    dataDirectory: join(folder, "direct"),
    operations: [set],
    config: { concurrency: { slowStartMs: 0 } },
  });
  await closed(runtime);
  const bare = await bareReceiptedWrite(graph);
  let next = 0;
  const cases = {
    bare: () => bare.write(`bare-${next++}`),
    submit: async () => {
      const { status } = await runtime.submit(set, { id: `submit-${next++}`, value: 1 });
      if (status !== "completed") throw new Error(`a direct submit was ${status}`);
    },
  };
  const warmUntil = performance.now() + 15_000;
  while (performance.now() < warmUntil) await Promise.all(Array.from({ length: 16 }, cases.submit));
  for (const callers of [1, 16]) {
    const took = { bare: [] as number[], submit: [] as number[] };
    const mainThreadMicroseconds = { bare: 0, submit: 0 };
    for (let turn = 0; turn < 12; turn++)
      for (const name of turn % 2 === 0 ? (["bare", "submit"] as const) : (["submit", "bare"] as const)) {
        const before = process.threadCpuUsage();
        const endAt = performance.now() + 1_000;
        await Promise.all(
          Array.from({ length: callers }, async () => {
            while (performance.now() < endAt) {
              const startedAt = performance.now();
              await cases[name]();
              took[name].push(performance.now() - startedAt);
            }
          }),
        );
        const { user, system } = process.threadCpuUsage(before);
        mainThreadMicroseconds[name] += user + system;
      }
    const bareMs = percentile(took.bare, 0.5);
    const submitMs = percentile(took.submit, 0.5);
    const perCall = (name: "bare" | "submit"): number => mainThreadMicroseconds[name] / took[name].length;
    print(`direct one-row submit on Neo4j, ${callers} callers`, {
      bareP50Ms: round(bareMs),
      submitP50Ms: round(submitMs),
      addedMs: round(submitMs - bareMs),
      addedPercent: round((submitMs / bareMs - 1) * 100),
      promisedAddedPercent: 10,
      addedMainThreadMicroseconds: round(perCall("submit") - perCall("bare")),
      promisedMainThreadMicroseconds: 20,
    });
  }
  await bare.close();
}

async function detection(proxy: Awaited<ReturnType<typeof startFaultProxy>>, login: Login): Promise<void> {
  const attemptTimeoutMs = 1_000;
  const graph = neo4j(login);
  const set = defineOperation({
    name: "item.set",
    version: 1,
    input: z.object({ id: z.string(), value: z.number() }),
    dependsOn: { graph },
    attemptTimeoutMs,
    execute: ({ input, graph: transaction }) => transaction.mergeNodes("Item", [input]),
  });
  await using runtime = await createRuntime({
    dataDirectory: join(folder, "detection"),
    operations: [set],
    config: { concurrency: { slowStartMs: 0 }, breaker: { initialBreakMs: 200 } },
  });
  for (const fault of ["cut", "stall"] as const) {
    const detections: number[] = [];
    for (let time = 0; time < 5; time++) {
      await closed(runtime);
      for (let warm = 0; warm < 20; warm++) await runtime.submit(set, { id: `warm-${warm}`, value: time });
      const queues = new Promise<number>((resolve) => {
        const stop = runtime.on("policy", ({ dependencies }) => {
          if (dependencies["graph"]?.decision !== "queue") return;
          stop();
          resolve(performance.now());
        });
      });
      const faultAt = performance.now();
      proxy[fault]();
      // Five calls in flight, as the promise says; for the cut they begin after it.
      const calls = Array.from({ length: 5 }, (_, n) => runtime.submit(set, { id: `fault-${n}`, value: time }));
      detections.push((await queues) - faultAt);
      proxy.restore();
      await Promise.all(calls);
    }
    print(`detection of a ${fault}, five calls in flight`, {
      medianMs: round(percentile(detections, 0.5)),
      maximumMs: round(Math.max(...detections)),
      promisedMs: fault === "cut" ? 1_000 : attemptTimeoutMs + 100,
      ...(fault === "stall" ? { attemptTimeoutMs } : {}),
    });
  }
}

async function closed(runtime: Runtime): Promise<void> {
  while (runtime.status().control.policy.dependencies["graph"]?.decision !== "run") await pause(20);
}

try {
  await queuedSubmit();
  const unavailable = neo4jUnavailable();
  if (unavailable === undefined) await onNeo4j();
  else console.error(`The figures on Neo4j are left out: ${unavailable}.`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
