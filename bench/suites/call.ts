import { join } from "node:path";
import { createRuntime, type Dependency, dependency, type Runtime, silentLogger } from "holdfast";
import type { Absence, Finding, PeerFigure } from "../entry.ts";
import { heapBytesPerCall } from "../harness/heap-bytes.ts";
import { interleaved } from "../harness/interleaved.ts";
import { callsWithin, nanosecondsPerCall } from "../harness/time-calls.ts";
import {
  type CallContestant,
  type CallEnd,
  type CallPolicies,
  endOf,
  failure,
  type Work,
} from "../peers/call-contestant.ts";
import { cockatielContestant } from "../peers/cockatiel.ts";
import { isAbsent } from "../peers/load-peer.ts";
import { opossumContestant } from "../peers/opossum.ts";
import type { SuiteContext } from "../suite.ts";

/* One process, one call after the other: what the pipeline itself costs. */

const OURS = "ours";

interface Situation {
  readonly case: string;
  readonly policies: CallPolicies;
  readonly work: (remote: Remote) => Work;
  /** What every timed call is to become. */
  readonly becomes: CallEnd;
  /** Successful calls before. */
  readonly callsInWindow: number;
  /** Counted in bytes as well, under this name. */
  readonly bytes?: string;
}

/** The other side. */
class Remote {
  up = true;
  readonly call: Work = () => (this.up ? answers() : fails());
}

const answers = async (): Promise<number> => 1;

/** As a real failure does, it comes when somebody waits for it: an earlier one costs 0.5 µs more, in Node's own books. */
const fails = (): Promise<never> => new Promise((_, reject) => queueMicrotask(() => reject(failure)));

/** Holdfast's defaults. */
const USUAL: CallPolicies = {
  timeoutMs: 30_000,
  concurrency: 64,
  retries: 2,
  breakMs: 3_600_000,
  failureRate: 0.5,
  minimumCalls: 20,
  windowMs: 10_000,
};
/** Nearly every call may fail, and the window outlasts the measurement. */
const TOLERANT: CallPolicies = { ...USUAL, retries: 0, failureRate: 0.999, windowMs: 60_000 };

const failing = (callsInWindow: number): Situation => ({
  case: `failing call, ${callsInWindow} calls in the window`,
  policies: TOLERANT,
  work: (remote) => remote.call,
  becomes: "failed",
  callsInWindow,
});

const SITUATIONS: readonly Situation[] = [
  {
    case: "successful call",
    policies: USUAL,
    work: (remote) => remote.call,
    becomes: "completed",
    callsInWindow: 0,
    bytes: "bytes of a successful call",
  },
  {
    case: "call that reads its signal",
    policies: USUAL,
    work: () => async (context) => context?.signal.aborted,
    becomes: "completed",
    callsInWindow: 0,
  },
  {
    case: "refused while open",
    policies: { ...USUAL, retries: 0 },
    work: (remote) => remote.call,
    becomes: "refused",
    callsInWindow: 0,
    bytes: "bytes of a refusal",
  },
  failing(10_000),
  failing(100_000),
];

export async function* suite(context: SuiteContext): AsyncIterable<Finding> {
  const { quick } = context;
  const remotes = SITUATIONS.map(() => new Remote());
  const services = SITUATIONS.map(({ policies }, place) => service(`service-${place}`, policies, remotes[place]!));
  await using runtime = await createRuntime({
    dataDirectory: join(context.folder, "call"),
    operations: [],
    dependencies: services,
    logger: silentLogger,
  });
  const cockatiel = await cockatielContestant(context.loadPeer);
  const opossum = await opossumContestant(context.loadPeer);
  for (const [place, situation] of SITUATIONS.entries()) {
    context.progress(situation.case);
    const { policies, becomes } = situation;
    const remote = remotes[place]!;
    const work = situation.work(remote);
    const contestants = new Map<string, CallContestant | Absence>([
      [OURS, ours(runtime, services[place]!, work, policies)],
    ]);
    if (becomes !== "refused") contestants.set("bare await", bare(work));
    contestants.set("cockatiel", isAbsent(cockatiel) ? cockatiel : cockatiel(policies, work));
    contestants.set("opossum", isAbsent(opossum) ? opossum : opossum(policies, work));
    await bringInto(situation, remote, present(contestants));
    yield await compareTimes(situation.case, contestants, quick);
    if (situation.bytes !== undefined) yield await compareBytes(situation.bytes, contestants, quick);
    await check(situation, present(contestants));
    for (const [, contestant] of present(contestants)) contestant.close?.();
  }
}

type Contestants = ReadonlyMap<string, CallContestant | Absence>;

const present = (contestants: Contestants): [string, CallContestant][] =>
  [...contestants].filter((pair): pair is [string, CallContestant] => !isAbsent(pair[1]));

async function bringInto(situation: Situation, remote: Remote, contestants: [string, CallContestant][]): Promise<void> {
  for (const [, { loop }] of contestants) await loop(situation.callsInWindow);
  remote.up = situation.becomes === "completed";
  if (situation.becomes === "refused")
    for (const [, { loop }] of contestants) await loop(situation.policies.minimumCalls + 1);
  await check(situation, contestants);
}

async function check({ case: name, becomes }: Situation, contestants: [string, CallContestant][]): Promise<void> {
  for (const [contestant, it] of contestants) {
    const end = await it.once();
    if (end !== becomes) throw new Error(`${contestant}: a call is ${end} where ${becomes} is measured (${name}).`);
  }
}

async function compareTimes(name: string, contestants: Contestants, quick: boolean): Promise<Finding> {
  const timed: Record<string, () => Promise<{ figure: number }>> = {};
  for (const [contestant, { loop }] of present(contestants)) {
    const calls = await callsWithin(loop, quick ? 2 : 20, quick ? 10 : 400);
    timed[contestant] = async () => ({ figure: await nanosecondsPerCall(loop, calls) });
  }
  return finding(name, "ns", contestants, timed, quick ? 3 : 25);
}

function compareBytes(name: string, contestants: Contestants, quick: boolean): Promise<Finding> {
  const counted: Record<string, () => Promise<{ figure: number }>> = {};
  for (const [contestant, { loop }] of present(contestants))
    counted[contestant] = async () => ({ figure: await heapBytesPerCall(loop, quick ? 200 : 2_000) });
  return finding(name, "bytes/call", contestants, counted, quick ? 1 : 5);
}

async function finding(
  name: string,
  unit: "ns" | "bytes/call",
  contestants: Contestants,
  samplers: Record<string, () => Promise<{ figure: number }>>,
  rounds: number,
): Promise<Finding> {
  const { of, foreignCores } = await interleaved(samplers, rounds);
  const figure = (contestant: string): number => of[contestant]!.figure;
  const peers = [...contestants]
    .filter(([contestant]) => contestant !== OURS)
    .map(
      ([contestant, it]): PeerFigure =>
        isAbsent(it) ? { name: contestant, ...it } : { name: contestant, value: figure(contestant) },
    );
  return { case: name, unit, ours: figure(OURS), peers, foreignCores };
}

function service(name: string, policies: CallPolicies, remote: Remote): Dependency {
  return dependency({
    name,
    probe: async () => {
      if (!remote.up) throw failure;
    },
    breaker: {
      // The peers open by the rate alone.
      consecutiveFailures: Number.MAX_SAFE_INTEGER,
      failureRate: policies.failureRate,
      minimumCalls: policies.minimumCalls,
      windowMs: policies.windowMs,
      initialBreakMs: policies.breakMs,
      maximumBreakMs: policies.breakMs,
    },
    concurrency: { limit: policies.concurrency, slowStartMs: 0 },
  });
}

function ours(runtime: Runtime, on: Dependency, work: Work, { timeoutMs, retries }: CallPolicies): CallContestant {
  const options = { attemptTimeoutMs: timeoutMs, retries };
  return {
    once: async () => (await runtime.call(on, work, options)).status,
    async loop(calls) {
      for (let call = 0; call < calls; call++) await runtime.call(on, work, options);
    },
  };
}

function bare(work: Work): CallContestant {
  return {
    once: () => endOf(work()),
    async loop(calls) {
      for (let call = 0; call < calls; call++)
        try {
          await work();
        } catch {
          // Failed, as the case says.
        }
    },
  };
}
