import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createRuntime, defineOperation, HandlerError, type Runtime, silentLogger } from "holdfast";
import { z } from "zod";
import type { Finding } from "../entry.ts";
import { watchForeignCpu } from "../harness/foreign-cpu.ts";
import { type Gate, plainGate } from "../harness/gate.ts";
import { interleaved } from "../harness/interleaved.ts";
import { callTimes } from "../harness/offered.ts";
import { type Job, jobOf } from "../peers/queue-contestant.ts";
import type { SuiteContext } from "../suite.ts";

/*
 * A backlog is put on disk while its dependency is down; then the dependency comes up, and the rate is counted from the
 * moment the breaker closes until the last end is on disk. The handler does nothing. Every sample has a fresh store.
 */

const WAYS = {
  "without lanes": undefined,
  "over 200 lanes": 200,
  "over distinct lanes": Number.POSITIVE_INFINITY,
} satisfies Record<string, number | undefined>;

type Way = keyof typeof WAYS;

/** What stands in front of the backlog, accepted before it. */
type Front = "in one hot lane" | "of a closed pool" | "scheduled for the future";
const FRONTS: readonly Front[] = ["in one hot lane", "of a closed pool", "scheduled for the future"];

/** Callers that fill the store. */
const FILLERS = 1_024;

export async function* suite(context: SuiteContext): AsyncIterable<Finding> {
  const { quick, progress } = context;
  const sizes = quick
    ? { small: 500, middle: 1_000, large: 2_000 }
    : { small: 10_000, middle: 100_000, large: 1_000_000 };
  const sample = (rows: number, way: Way, front?: Front) => async (): Promise<{ perSecond: number }> => {
    progress(`${short(rows)} rows ${way}${front === undefined ? "" : ` behind ${short(sizes.middle)} ${front}`}`);
    return { perSecond: await endsPerSecond(context.folder, rows, way, front, sizes.middle) };
  };
  const rounds = quick ? 1 : 3;

  const fronts = await interleaved(
    {
      none: sample(sizes.middle, "without lanes"),
      ...Object.fromEntries(FRONTS.map((front) => [front, sample(sizes.middle, "without lanes", front)])),
    } as Record<Front | "none", () => Promise<{ perSecond: number }>>,
    rounds,
  );
  for (const front of FRONTS)
    yield {
      case: `${short(sizes.middle)} rows behind ${short(sizes.middle)} ${front}`,
      unit: "items/s",
      ours: fronts.of[front].perSecond,
      peers: [{ name: "nothing in front", value: fronts.of.none.perSecond }],
      foreignCores: fronts.foreignCores,
    };

  for (const way of Object.keys(WAYS) as Way[]) {
    const { of, foreignCores } = await interleaved(
      { small: sample(sizes.small, way), middle: sample(sizes.middle, way) },
      rounds,
    );
    yield { case: `${short(sizes.small)} rows ${way}`, unit: "items/s", ours: of.small.perSecond, foreignCores };
    yield { case: `${short(sizes.middle)} rows ${way}`, unit: "items/s", ours: of.middle.perSecond, foreignCores };
    const foreign = watchForeignCpu();
    const { perSecond } = await sample(sizes.large, way)();
    yield {
      case: `${short(sizes.large)} rows ${way}`,
      unit: "items/s",
      ours: perSecond,
      peers: [{ name: `${short(sizes.middle)} rows`, value: of.middle.perSecond }],
      foreignCores: foreign(),
      note: "measured once",
    };
  }
}

async function endsPerSecond(
  under: string,
  rows: number,
  way: Way,
  front: Front | undefined,
  inFront: number,
): Promise<number> {
  const folder = mkdtempSync(join(under, "claim-"));
  const [gate, closedGate] = [plainGate(), plainGate("closed")];
  const job = z.object({ id: z.number(), body: z.string() });
  const lanes = WAYS[way];
  const worked = defineOperation({
    name: "worked",
    version: 1,
    input: job,
    dependsOn: { gate: gate.dependency },
    ...(lanes === undefined
      ? {}
      : { orderingKey: ({ id }: Job) => `lane-${lanes === Number.POSITIVE_INFINITY ? id : id % lanes}` }),
    execute: () => {},
  });
  const hot = defineOperation({ ...plain(job, gate), name: "hot", orderingKey: () => "hot", execute: () => {} });
  const closed = defineOperation({ ...plain(job, closedGate), name: "closed", execute: () => {} });
  const later = defineOperation({
    ...plain(job, gate),
    name: "later",
    retry: { initialPauseMs: 3_600_000, maximumPauseMs: 3_600_000 },
    execute: (): void => {
      throw new HandlerError("later", "Not before an hour has passed.", { retryable: true });
    },
  });
  const runtime = await createRuntime({
    dataDirectory: join(folder, "journal"),
    operations: [worked, hot, closed, later],
    logger: silentLogger,
  });
  try {
    const inFrontOf = { "in one hot lane": hot, "of a closed pool": closed, "scheduled for the future": later };
    if (front !== undefined) {
      const operation = inFrontOf[front];
      await callTimes(inFront, FILLERS, (id) => queued(runtime.submit(operation, jobOf(id))));
    }
    if (front === "scheduled for the future") {
      await gate.open(runtime);
      await until(() => runtime.status().queue.counts.scheduled === inFront);
      await gate.shut(runtime);
    }
    await callTimes(rows, FILLERS, (id) => queued(runtime.submit(worked, jobOf(id))));
    return await drainedPerSecond(runtime, gate, worked.name, rows);
  } finally {
    await runtime.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** 100k, 1M. */
const short = (rows: number): string => (rows >= 1_000_000 ? `${rows / 1_000_000}M` : `${rows / 1_000}k`);

const plain = <Schema>(input: Schema, gate: Gate) => ({ version: 1, input, dependsOn: { gate: gate.dependency } });

async function queued(submitted: Promise<{ readonly status: string }>): Promise<void> {
  const { status } = await submitted;
  if (status !== "queued") throw new Error(`a submit was ${status} where a backlog is made`);
}

/** Counts every end until the last of `name`: those of a hot lane in front are work as well. */
async function drainedPerSecond(runtime: Runtime, gate: Gate, name: string, rows: number): Promise<number> {
  let [ends, left] = [0, rows];
  const done = Promise.withResolvers<void>();
  const stopListening = runtime.on("ended", (end) => {
    ends += 1;
    if (end.name === name && --left === 0) done.resolve();
  });
  let startedAt = 0;
  await gate.open(runtime).then(() => (startedAt = performance.now()));
  await done.promise;
  const counted = ends;
  // What was told as ended is on disk a commit later.
  await until(() => runtime.status().queue.counts.running === 0 || ends > counted);
  stopListening();
  return (counted / (performance.now() - startedAt)) * 1_000;
}

async function until(reached: () => boolean): Promise<void> {
  while (!reached()) await new Promise((resolve) => setTimeout(resolve, 2));
}
