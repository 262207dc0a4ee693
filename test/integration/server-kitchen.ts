import { request as httpRequest } from "node:http";
import { join } from "node:path";
import {
  createRuntime,
  defineOperation,
  HandlerError,
  type PartialRuntimeConfig,
  type Runtime,
  type RuntimeOptions,
} from "holdfast";
import { createHoldfastClient } from "holdfast/client";
import { embeddedGraph } from "holdfast/graph";
import { serveRuntime, type ServeOptions } from "holdfast/server";
import { faultyGraph } from "holdfast/testing";
import { onTestFinished } from "vitest";
import { z } from "zod";
import { temporaryFolder } from "../support/ledger.ts";

/** Short pauses, so that a test waits for events and not for defaults made for production. */
const QUICK: PartialRuntimeConfig = {
  breaker: { consecutiveFailures: 3, initialBreakMs: 50, maximumBreakMs: 200, probeTimeoutMs: 1_000 },
  operations: { retry: { maximumAttempts: 3, initialPauseMs: 10, maximumPauseMs: 50 } },
  concurrency: { slowStartMs: 0 },
  sensing: { intervalMs: 20 },
};

/** A kitchen's operations over an embedded graph whose connection a test can cut. */
export function kitchen() {
  const folder = temporaryFolder();
  const faulty = faultyGraph(embeddedGraph({ file: join(folder, "graph.db"), nodes: { Equipment: { key: "id" } } }));
  const graph = faulty.dependency;
  /** What `equipment.slow` waits for. */
  const gate = Promise.withResolvers<void>();
  /** While true, `equipment.calibrate` fails for good. */
  const miscalibrated = { now: true };

  const record = defineOperation({
    name: "equipment.record",
    version: 1,
    input: z.object({ id: z.string(), celsius: z.number().max(400), note: z.string().optional() }),
    dependsOn: { graph },
    orderingKey: ({ id }) => `equipment:${id}`,
    execute: async ({ input: { id, celsius }, graph: transaction, principal }) => {
      await transaction.mergeNodes("Equipment", [{ id, celsius, recordedBy: principal }]);
      return { id };
    },
  });
  const read = defineOperation({
    name: "equipment.read",
    version: 1,
    input: z.object({ id: z.string() }),
    dependsOn: { graph },
    queueable: false,
    execute: async ({ input: { id }, graph: transaction }) =>
      (await transaction.matchNodes("Equipment", { keys: [id] }))[0] ?? null,
  });
  const calibrate = defineOperation({
    name: "equipment.calibrate",
    version: 1,
    input: z.object({ id: z.string() }),
    dependsOn: { graph },
    execute: async ({ input: { id }, graph: transaction }) => {
      if (miscalibrated.now) throw new HandlerError("no_reference", "The reference thermometer is missing.");
      await transaction.mergeNodes("Equipment", [{ id, calibrated: true }]);
    },
  });
  const slow = defineOperation({
    name: "equipment.slow",
    version: 1,
    input: z.object({ id: z.string() }),
    dependsOn: { graph },
    execute: async ({ input: { id }, graph: transaction }) => {
      await gate.promise;
      await transaction.mergeNodes("Equipment", [{ id }]);
      return "done";
    },
  });
  const operations = [record, read, calibrate, slow] as const;
  return { folder, faulty, gate, miscalibrated, operations, dataDirectory: join(folder, "data") };
}

/** A kitchen behind HTTP on a free port, stopped when the test has finished. */
export async function serveKitchen(
  options: Partial<ServeOptions> & {
    readonly config?: PartialRuntimeConfig;
    readonly sensors?: RuntimeOptions["sensors"];
    readonly beforeServing?: (runtime: Runtime) => Promise<void>;
  } = {},
) {
  const { config = {}, sensors = {}, beforeServing, ...serve } = options;
  const made = kitchen();
  const runtime = async () => {
    const opened = await createRuntime({
      dataDirectory: made.dataDirectory,
      operations: made.operations,
      config: { ...QUICK, ...config },
      sensors,
    });
    await beforeServing?.(opened);
    return opened;
  };
  const server = await serveRuntime({ runtime, port: 0, stopOn: [], authentication: "none", ...serve });
  onTestFinished(() => {
    made.faulty.restore();
    made.gate.resolve();
    return server.stop();
  });
  return { ...made, server, client: createHoldfastClient({ url: server.url }) };
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  readonly json: unknown;
}

/** A request as it is, with headers that `fetch` would not send. */
export function rawRequest(
  url: string,
  options: {
    readonly method?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
  } = {},
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      url,
      { method: options.method ?? "GET", headers: options.headers ?? {}, agent: false },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () => {
          const text = Buffer.concat(chunks).toString();
          const isJson = /json/.test(response.headers["content-type"] ?? "");
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text,
            json: isJson && text !== "" ? JSON.parse(text) : undefined,
          });
        });
        response.on("error", reject);
      },
    );
    request.on("error", reject);
    request.end(options.body);
  });
}

/** A tRPC mutation with a body written by hand. */
export const postRaw = (
  url: string,
  path: string,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<RawAnswer> =>
  rawRequest(`${url}/trpc/${path}`, {
    method: "POST",
    body,
    headers: { "content-type": "application/json", ...headers },
  });
