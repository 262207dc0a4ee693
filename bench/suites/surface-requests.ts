import { randomBytes } from "node:crypto";
import { Agent, get } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fastify } from "fastify";
import { createRuntime, silentLogger } from "holdfast";
import { createCaller } from "holdfast/routers";
import { serveRuntime } from "holdfast/server";
import type { Finding } from "../entry.ts";
import { BARE_ROUTE } from "../goals.ts";
import { interleaved } from "../harness/interleaved.ts";
import { callsWithin, type Loop, nanosecondsPerCall } from "../harness/time-calls.ts";
import type { SuiteContext } from "../suite.ts";

/*
 * A GET over REST, by a token, beside a bare Fastify route that answers the same bytes from a constant: the promise is
 * about this one, so the answer's own making, its checks and its headers are all in the ratio. And, where the library
 * gives the same value, beside a bare route that asks it anew each time: what is left then is what the surface adds.
 * One after the other over a connection that is kept. Client and servers are one process, so the client's own time is
 * in all figures. And procedures called in process.
 */

const PATHS = {
  "the policy": "/api/v4/degradation/policy",
  "the metrics": "/api/v4/degradation/metrics",
  "the status": "/api/v4/degradation/status",
} as const;

const TOKEN = randomBytes(32).toString("base64url");

export async function* surfaceRequests({ folder, quick, progress }: SuiteContext): AsyncIterable<Finding> {
  const runtime = await createRuntime({
    dataDirectory: join(folder, "surface-requests"),
    operations: [],
    logger: silentLogger,
  });
  await using server = await serveRuntime({ runtime, port: 0, stopOn: [], bootstrapToken: TOKEN });
  const [sampleMs, warmUpMs, rounds] = quick ? [20, 20, 1] : [400, 1_500, 9];

  const asked: Readonly<Record<string, () => unknown>> = {
    "the policy": () => runtime.policy,
    "the metrics": () => runtime.degradationMetrics(),
  };
  for (const [name, path] of Object.entries(PATHS)) {
    progress(`GET of ${name}`);
    const ours = await requester(server.port, path);
    const value: unknown = JSON.parse(await ours.once());
    await using bare = await bareRoute(path, () => value);
    const ask = asked[name];
    await using asking = await bareRoute(path, ask ?? (() => value));
    const contestants = {
      ours: ours.loop,
      bare: (await requester(bare.port, path)).loop,
      ...(ask !== undefined && { asking: (await requester(asking.port, path)).loop }),
    };
    const calls = await callsWithin(contestants.ours, sampleMs, warmUpMs);
    for (const loop of Object.values(contestants)) await callsWithin(loop, sampleMs, warmUpMs / 3);
    const { of, foreignCores } = await interleaved(
      Object.fromEntries(
        Object.entries(contestants).map(([contestant, loop]) => [
          contestant,
          async () => ({ ns: await nanosecondsPerCall(loop, calls) }),
        ]),
      ),
      rounds,
    );
    const microseconds = (contestant: string): number => (of[contestant]?.ns ?? Number.NaN) / 1_000;
    yield {
      case: `REST GET of ${name}`,
      unit: "µs",
      ours: microseconds("ours"),
      peers: [
        { name: BARE_ROUTE, value: microseconds("bare") },
        ...("asking" in contestants ? [{ name: "bare Fastify route that asks", value: microseconds("asking") }] : []),
      ],
      foreignCores,
      note: `${Buffer.byteLength(await ours.once())} bytes`,
    };
  }

  const caller = createCaller({ runtime, principal: { id: "bench", permissions: "*" }, requestId: "bench" });
  const procedures: Readonly<Record<string, () => Promise<unknown>>> = {
    "the policy": () => caller.degradation.policy(),
    "the metrics": () => caller.degradation.metrics(),
    "the status": () => caller.degradation.status(),
  };
  for (const [name, call] of Object.entries(procedures)) {
    progress(`the in-process caller: ${name}`);
    const loop: Loop = async (calls) => {
      for (let number = 0; number < calls; number += 1) await call();
    };
    const calls = await callsWithin(loop, sampleMs, warmUpMs);
    const timed = { ours: async () => ({ ns: await nanosecondsPerCall(loop, calls) }) };
    const { of, foreignCores } = await interleaved(timed, rounds);
    yield { case: `in-process caller: ${name}`, unit: "µs", ours: of.ours.ns / 1_000, foreignCores };
  }
}

async function bareRoute(path: string, answer: () => unknown): Promise<AsyncDisposable & { readonly port: number }> {
  const app = fastify({ logger: false, forceCloseConnections: true });
  app.get(path, answer);
  await app.listen({ port: 0, host: "127.0.0.1" });
  return { port: (app.server.address() as AddressInfo).port, [Symbol.asyncDispose]: () => app.close() };
}

/** Asks over one connection. */
async function requester(port: number, path: string) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const once = (): Promise<string> =>
    new Promise((resolve, reject) => {
      get({ host: "127.0.0.1", port, path, agent, headers: { authorization: `Bearer ${TOKEN}` } }, (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => (text += chunk));
        response.on("end", () =>
          response.statusCode === 200 ? resolve(text) : reject(new Error(`${path}: ${response.statusCode}`)),
        );
      }).on("error", reject);
    });
  const loop: Loop = async (calls) => {
    for (let call = 0; call < calls; call += 1) await once();
  };
  await once();
  return { once, loop };
}
