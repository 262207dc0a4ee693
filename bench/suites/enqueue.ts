import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createRuntime, defineOperation, silentLogger, type SubmitOptions } from "holdfast";
import { z } from "zod";
import type { Absence, Finding, PeerFigure } from "../entry.ts";
import { watchForeignCpu } from "../harness/foreign-cpu.ts";
import { percentile } from "../harness/median.ts";
import { plainGate } from "../harness/gate.ts";
import { interleaved } from "../harness/interleaved.ts";
import { loopDelayP99Ms } from "../harness/loop-delay.ts";
import { callsPerSecond, steadyLatenciesMs } from "../harness/offered.ts";
import { bullmq } from "../peers/bullmq.ts";
import { liteque } from "../peers/liteque.ts";
import { isAbsent } from "../peers/load-peer.ts";
import { plainjob } from "../peers/plainjob.ts";
import { type DurableQueue, type Job, jobOf, type OpenQueue } from "../peers/queue-contestant.ts";
import { type RedisServer, startRedisServer } from "../peers/redis-server.ts";
import type { SuiteContext } from "../suite.ts";

/*
 * What a service does while its dependency is down: it submits, and gets the answer `queued` when the operation is on
 * disk. Ours is validated by its schema and has its audit row; peers take what they get. Every sample has a fresh store.
 */

const WAYS = {
  "without lanes": {},
  "over 200 lanes": { lanes: 200 },
  "over distinct lanes": { lanes: Number.POSITIVE_INFINITY },
  "with idempotency keys": { keyed: true },
} satisfies Record<string, { readonly lanes?: number; readonly keyed?: boolean }>;

type Way = keyof typeof WAYS;

export async function* suite(context: SuiteContext): AsyncIterable<Finding> {
  const { quick, folder, loadPeer } = context;
  await using redis = await mayBeAbsent(startRedisServer(folder));
  const peers = [await plainjob(loadPeer), await liteque(loadPeer), await bullmq(loadPeer, redis.server)];
  for (const callers of [1, 64, 1_024])
    for (const way of Object.keys(WAYS) as Way[]) {
      const name = `${callers === 1 ? "1 caller" : `${callers} callers`}, ${way}`;
      context.progress(name);
      // The peers have neither lanes nor, but for one, keys; and more callers than 64 make no difference to them.
      const compared = way === "without lanes" && callers <= 64 ? peers : [];
      const contestants = new Map<string, OpenQueue>([["ours", (place) => openOurs(place, way)]]);
      for (const peer of compared) if (!isAbsent(peer)) contestants.set(peer.name, peer.open);
      const { of, foreignCores } = await interleaved(
        Object.fromEntries([...contestants].map(([name, open]) => [name, () => sample(open, folder, callers, quick)])),
        quick ? 1 : 3,
      );
      const figures: PeerFigure[] = compared.map((peer) =>
        isAbsent(peer) ? peer : { name: peer.name, value: of[peer.name]!.perSecond },
      );
      const { perSecond, p99Ms } = of["ours"]!;
      yield { case: name, unit: "calls/s", ours: perSecond, peers: figures, foreignCores };
      if (callers > 1) yield { case: `event-loop p99, ${name}`, unit: "ms", ours: p99Ms, foreignCores };
    }
  context.progress(AT_EASE);
  yield await queuedAtEase(folder, quick);
  yield {
    case: "64 callers, without lanes, without the audit row",
    absent: "the audit row is part of every acceptance; no setting of the public API leaves it out",
  };
}

const AT_EASE = "1,000 submits a second, over 200 lanes: p99 of the answer";

async function queuedAtEase(under: string, quick: boolean): Promise<Finding> {
  const folder = mkdtempSync(join(under, "at-ease-"));
  const queue = await openOurs(folder, "over 200 lanes");
  try {
    let next = 0;
    const add = (): Promise<unknown> => queue.add(jobOf(next++));
    await steadyLatenciesMs(1_000, quick ? 50 : 1_000, add);
    const foreignCores = watchForeignCpu();
    const tookMs = await steadyLatenciesMs(1_000, quick ? 100 : 5_000, add);
    return { case: AT_EASE, unit: "ms", ours: percentile(tookMs, 0.99), foreignCores: foreignCores() };
  } finally {
    await queue.close();
  }
}

async function sample(open: OpenQueue, under: string, callers: number, quick: boolean): Promise<Sample> {
  const folder = mkdtempSync(join(under, "sample-"));
  const queue = await open(folder);
  try {
    let next = 0;
    const add = (): Promise<unknown> => queue.add(jobOf(next++));
    await callsPerSecond(callers, quick ? 50 : 400, add);
    const { value, p99Ms } = await loopDelayP99Ms(() => callsPerSecond(callers, quick ? 100 : 1_200, add));
    return { perSecond: value, p99Ms };
  } finally {
    await queue.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

type Sample = { readonly perSecond: number; readonly p99Ms: number };

async function openOurs(folder: string, way: Way): Promise<DurableQueue> {
  const { lanes, keyed }: { readonly lanes?: number; readonly keyed?: boolean } = WAYS[way];
  const gate = plainGate();
  const operation = defineOperation({
    name: "job",
    version: 1,
    input: z.object({ id: z.number(), body: z.string() }),
    dependsOn: { gate: gate.dependency },
    ...(lanes === undefined
      ? {}
      : { orderingKey: ({ id }: Job) => `lane-${lanes === Number.POSITIVE_INFINITY ? id : id % lanes}` }),
    execute: () => {},
  });
  const runtime = await createRuntime({ dataDirectory: folder, operations: [operation], logger: silentLogger });
  const NO_OPTIONS: SubmitOptions = {};
  return {
    async add(job) {
      const options = keyed === true ? { idempotencyKey: `key-${job.id}` } : NO_OPTIONS;
      const { status } = await runtime.submit(operation, job, options);
      if (status !== "queued") throw new Error(`a submit was ${status} where queued is measured`);
    },
    close: () => runtime.stop(),
  };
}

/** A server that may not be there, as something to leave behind. */
async function mayBeAbsent(
  starting: Promise<RedisServer | Absence>,
): Promise<AsyncDisposable & { readonly server: RedisServer | Absence }> {
  const server = await starting;
  return {
    server,
    async [Symbol.asyncDispose]() {
      if (!isAbsent(server)) await server[Symbol.asyncDispose]();
    },
  };
}
