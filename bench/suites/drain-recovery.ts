import { join } from "node:path";
import { createRuntime, defineOperation, type Runtime, silentLogger } from "holdfast";
import { z } from "zod";
import type { Finding } from "../entry.ts";
import { BEFORE_THE_OUTAGE } from "../goals.ts";
import { watchForeignCpu } from "../harness/foreign-cpu.ts";
import { percentile } from "../harness/median.ts";
import { callsPerSecond, callTimes, offerUntil } from "../harness/offered.ts";
import { policyWhere } from "../harness/policy-state.ts";
import { timedTransactions } from "../harness/timed-transactions.ts";
import type { SuiteContext } from "../suite.ts";
import type { CutGraph } from "./first-failure.ts";

/*
 * An outage is over, twenty seconds of work wait, and callers go on. First, in the same run, what is normal: with as
 * many callers as the concurrency limit has permits, each with its next call as soon as it is answered, so many
 * operations end in a second (the steady rate), and a transaction takes so long (timed around it, commit included).
 * Then the graph is cut off, the backlog is made, and the graph is there again. From then on callers offer half of the
 * steady rate, whether or not they are answered, and the backlog takes the rest.
 *
 * How soon is the service as fast as before? The end of the first second in which 90 % of the steady rate has ended,
 * counted from the moment at which the graph could be reached again, so that the breaker's pause is part of it. How hard
 * is the drain on the graph? Its transactions' p99, from the breaker's closing to the end of the drain, beside the
 * normal one. Both are those of a graph that is fully used; nothing is executed in batches, so that like is compared.
 */

const NAME = "recovered";
const CALLERS = 64;
const WORK_SECONDS = 20;
const LIVE_SHARE = 0.5;
const STEADY_SHARE = 0.9;
const WINDOW_MS = 1_000;
const FILLERS = 1_024;

export async function* drainRecovery(
  { folder, quick, progress }: SuiteContext,
  graph: CutGraph,
): AsyncIterable<Finding> {
  const transactions = timedTransactions(graph.connect(NAME));
  const set = defineOperation({
    name: "item.set",
    version: 1,
    input: z.object({ id: z.string(), value: z.number() }),
    dependsOn: { graph: transactions.dependency },
    execute: ({ input, graph: transaction }) => transaction.mergeNodes("Item", [input]),
  });
  await using runtime = await createRuntime({
    dataDirectory: join(folder, NAME),
    operations: [set],
    config: { concurrency: { limit: CALLERS } },
    logger: silentLogger,
  });
  let next = 0;
  const submit = (): Promise<unknown> => runtime.submit(set, { id: `drained-${next++}`, value: 1 });
  await decided(runtime, "run");

  progress(`a steady load of ${graph.name}`);
  await callsPerSecond(CALLERS, quick ? 500 : 15_000, submit);
  transactions.take();
  const foreignCores = watchForeignCpu();
  const steadyPerSecond = await callsPerSecond(CALLERS, quick ? 500 : 10_000, submit);
  const normalP99Ms = percentile(transactions.take(), 0.99);

  progress("an outage, and a backlog");
  graph.cut();
  const failing = Array.from({ length: CALLERS }, submit);
  await decided(runtime, "queue");
  const backlog = Math.round(steadyPerSecond * (quick ? 0.5 : WORK_SECONDS));
  await callTimes(backlog, FILLERS, submit);

  progress(`the drain of ${backlog}`);
  const endedAt: number[] = [];
  runtime.on("ended", () => endedAt.push(performance.now()));
  const restoredAt = performance.now();
  graph.restore();
  const isOver = new AbortController();
  const live = offerUntil(isOver.signal, steadyPerSecond * LIVE_SHARE, submit);
  await decided(runtime, "run");
  const closedAt = performance.now();
  transactions.take();
  await policyWhere(runtime, ({ modes }) => modes[0]?.mode === "normal");
  const drainedAt = performance.now();
  const drainP99Ms = percentile(transactions.take(), 0.99);
  isOver.abort();
  await Promise.all([live, ...failing]);

  const reachedAt = endOfFirstWindow(endedAt, steadyPerSecond * STEADY_SHARE);
  const seconds = (fromMs: number, toMs: number): number => (toMs - fromMs) / 1_000;
  const drained = `the breaker closed after ${seconds(restoredAt, closedAt).toFixed(1)} s, the drain of ${backlog} was over after ${seconds(restoredAt, drainedAt).toFixed(1)} s`;
  const told = { foreignCores: foreignCores() };
  yield {
    case: `recovery of ${graph.name} to 90 % of the steady rate`,
    unit: "s",
    ours: seconds(restoredAt, reachedAt),
    note: `${Math.round(steadyPerSecond)}/s; ${drained}`,
    ...told,
  };
  yield {
    case: `p99 of a transaction of ${graph.name} during the drain`,
    unit: "ms",
    ours: drainP99Ms,
    peers: [{ name: BEFORE_THE_OUTAGE, value: normalP99Ms }],
    ...told,
  };
}

const decided = (runtime: Runtime, decision: "run" | "queue"): Promise<unknown> =>
  policyWhere(runtime, ({ dependencies }) => dependencies[NAME]?.decision === decision);

/** When so many a second have ended for the first time, over a whole window; infinity when that never was. */
function endOfFirstWindow(endedAt: readonly number[], perSecond: number): number {
  const enough = Math.ceil((perSecond * WINDOW_MS) / 1_000);
  for (let last = enough - 1; last < endedAt.length; last++)
    if (endedAt[last]! - endedAt[last - enough + 1]! <= WINDOW_MS) return endedAt[last]!;
  return Number.POSITIVE_INFINITY;
}
