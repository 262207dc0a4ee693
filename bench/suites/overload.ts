import { join } from "node:path";
import { createRuntime, dependency, defineOperation, type Priority, silentLogger } from "holdfast";
import { z } from "zod";
import type { Finding } from "../entry.ts";
import { CAPACITY, UNLOADED, WITHOUT_HOLDFAST } from "../goals.ts";
import { watchForeignCpu } from "../harness/foreign-cpu.ts";
import { percentile } from "../harness/median.ts";
import { callsPerSecond, steadily } from "../harness/offered.ts";
import { Servers } from "../harness/servers.ts";
import type { SuiteContext } from "../suite.ts";

/*
 * Three times as much is offered as a dependency can do: eight servers of 20 ms in this process, whose line is first
 * come, first served. Callers do not wait for each other. What the servers can do is measured first, by eight callers
 * who are always there; then how long the critical calls take when they are alone, at the rate they have in the crowd.
 * Beside ours the same calls straight to the same servers, each given up after five seconds, as ours are answered
 * `queued` after five. Goodput is what the servers have done for somebody: what was given up leaves their line.
 */

const SERVERS = 8;
const SERVICE_MS = 20;
const TIMES_CAPACITY = 3;
/** Of twenty calls: one critical, two high, eleven normal, four low, two deferred. */
const MIX = "cnnlnhnndnlnnlnhnldn";
const LETTERS: Readonly<Record<string, Priority>> = { c: "critical", h: "high", n: "normal", l: "low", d: "deferred" };
const priorityOf = (call: number): Priority => LETTERS[MIX[call % MIX.length]!]!;
const CRITICAL_SHARE = 1 / MIX.length;

interface Answered {
  readonly priority: Priority;
  readonly tookMs: number;
  readonly completed: boolean;
}

/** Makes one call, and says whether it was completed. */
type Call = (priority: Priority) => Promise<boolean>;

interface Crowd {
  readonly criticalP99Ms: number;
  readonly criticalCompleted: number;
  readonly goodput: number;
}

export async function* overload({ folder, quick, progress }: SuiteContext): AsyncIterable<Finding> {
  progress("what the servers can do");
  const seconds = quick ? 1 : 20;
  const patienceMs = quick ? 200 : 5_000;
  const servers = new Servers(SERVERS, SERVICE_MS);
  const capacity = await callsPerSecond(SERVERS, quick ? 300 : 5_000, () => servers.serve(NEVER));
  const foreignCores = watchForeignCpu();

  progress(`${TIMES_CAPACITY} × capacity, with Holdfast`);
  const worker = dependency({
    name: "servers",
    probe: async () => {},
    concurrency: { limit: SERVERS, slowStartMs: 0 },
  });
  const job = defineOperation({
    name: "job",
    version: 1,
    input: z.object({ id: z.number() }),
    dependsOn: { servers: worker },
    execute: ({ servers: handle }) => handle.call(({ signal }) => servers.serve(signal)),
  });
  await using runtime = await createRuntime({
    dataDirectory: join(folder, "overload"),
    operations: [job],
    config: { operations: { answerWithinMs: patienceMs } },
    logger: silentLogger,
  });
  let next = 0;
  const submit: Call = async (priority) =>
    (await runtime.submit(job, { id: next++ }, { priority })).status === "completed";
  const criticalRate = capacity * TIMES_CAPACITY * CRITICAL_SHARE;
  const alone = await steadily(criticalRate, Math.ceil(criticalRate * seconds), () => timed(submit, "critical"));
  const ours = await crowd(servers, capacity, seconds, submit);

  progress(`${TIMES_CAPACITY} × capacity, without Holdfast`);
  const direct: Call = () => servers.serve(AbortSignal.timeout(patienceMs)).then(completed, givenUp);
  const theirs = await crowd(servers, capacity, seconds, direct);
  const note = (what: string): string =>
    `${what}; critical calls completed in time: ${percent(ours.criticalCompleted)}, ${WITHOUT_HOLDFAST} ${percent(theirs.criticalCompleted)}`;
  yield {
    case: `p99 of critical calls at ${TIMES_CAPACITY} × capacity`,
    unit: "ms",
    ours: ours.criticalP99Ms,
    peers: [
      { name: UNLOADED, value: p99Ms(alone) },
      { name: WITHOUT_HOLDFAST, value: theirs.criticalP99Ms },
    ],
    foreignCores: foreignCores(),
    note: note(`${SERVERS} servers of ${SERVICE_MS} ms`),
  };
  yield {
    case: `goodput at ${TIMES_CAPACITY} × capacity`,
    unit: "calls/s",
    ours: ours.goodput,
    peers: [
      { name: CAPACITY, value: capacity },
      { name: WITHOUT_HOLDFAST, value: theirs.goodput },
    ],
  };
}

const NEVER = new AbortController().signal;
const completed = (): boolean => true;
const givenUp = (): boolean => false;
const percent = (share: number): string => `${Math.round(share * 100)} %`;

/** Offers the crowd for so long. What the servers do for those who are still in line afterwards is not counted. */
async function crowd(servers: Servers, capacity: number, seconds: number, call: Call): Promise<Crowd> {
  const perSecond = capacity * TIMES_CAPACITY;
  const servedBefore = servers.served;
  const startedAt = performance.now();
  let goodput = Number.NaN;
  const calls = Math.ceil(perSecond * seconds);
  const answered = await steadily(perSecond, calls, (index) => {
    if (index === calls - 1) goodput = ((servers.served - servedBefore) / (performance.now() - startedAt)) * 1_000;
    return timed(call, priorityOf(index));
  });
  const critical = answered.filter(({ priority }) => priority === "critical");
  return {
    criticalP99Ms: p99Ms(critical),
    criticalCompleted: critical.filter((one) => one.completed).length / critical.length,
    goodput,
  };
}

async function timed(call: Call, priority: Priority): Promise<Answered> {
  const beganAt = performance.now();
  const isCompleted = await call(priority);
  return { priority, tookMs: performance.now() - beganAt, completed: isCompleted };
}

const p99Ms = (answered: readonly Answered[]): number =>
  percentile(
    answered.map(({ tookMs }) => tookMs),
    0.99,
  );
