import type { AdmissionDecision, AdmissionPolicy, DependencyAdmission } from "./contracts/admission-policy.ts";
import type { Cause } from "./contracts/cause.ts";
import type { Contribution, ModeChanged } from "./contracts/mode-events.ts";
import { type ModeInForce, MODES } from "./contracts/modes.ts";
import type { Pin } from "./contracts/pin-events.ts";
import type { Priority } from "./contracts/priority.ts";
import type { Facts } from "./facts.ts";
import { pinnedContribution } from "./modes/pinned.ts";
import { whyPinned } from "./pin.machine.ts";

/*
 * The admission policy is derived, never owned: first the breakers, then the modes in force. `refuse` outweighs
 * `queue`, `queue` outweighs `run`; of two factors the more careful one counts. The order in which the facts came makes
 * no difference.
 *
 * A pin takes the place of the modes, in both directions: it may ask for more than they do, or for less. It never takes
 * the place of a breaker, and a backlog keeps its share.
 */

const WEIGHT: Readonly<Record<AdmissionDecision, number>> = { run: 0, queue: 1, refuse: 2 };

const heavier = (a: AdmissionDecision, b: AdmissionDecision): AdmissionDecision => (WEIGHT[b] > WEIGHT[a] ? b : a);

export interface MergeRequest {
  readonly revision: number;
  readonly dependencies: readonly string[];
  readonly facts: Facts;
  /** Why a dependency queues of which nothing has been heard yet. */
  readonly unknown: Cause;
}

export const mergeAdmissionPolicy = ({ revision, dependencies, facts, unknown }: MergeRequest): AdmissionPolicy => {
  const modes = Object.values(facts.modes)
    .filter(({ inForce }) => inForce)
    .toSorted(bySeverity);
  const pin = facts.pin?.pin ?? null;
  return deepFreeze({
    revision,
    ...(pin === null ? asModesSay(modes) : asPinned(pin, modes)),
    dependencies: Object.fromEntries(dependencies.map((name) => [name, admissionOf(name, facts, modes, unknown)])),
  });
};

/** Most severe first; the rest of the order only makes it one order. */
const bySeverity = (a: ModeChanged, b: ModeChanged): number =>
  MODES.indexOf(b.mode) - MODES.indexOf(a.mode) || (a.id < b.id ? -1 : 1);

function admissionOf(
  name: string,
  { breakers, falls }: Facts,
  modes: readonly ModeChanged[],
  unknown: Cause,
): DependencyAdmission {
  const shares = modes
    .filter(({ dependency }) => dependency === name)
    .map(({ contribution }) => contribution.backlogShare ?? 0);
  const backlogShare = Math.max(0, ...shares);
  const breaker = breakers[name];
  const fall = falls[`breaker:${name}`];
  const generation = breaker?.generation ?? 0;
  if (fall?.down) return { state: "ownerless", generation, decision: "queue", cause: fall.cause, backlogShare };
  if (breaker === undefined) return { state: "probing", generation, decision: "queue", cause: unknown, backlogShare };
  const { state, cause, nextProbeAt } = breaker;
  const decision = state === "closed" || state === "disabled" ? "run" : "queue";
  return { state, generation, decision, cause, backlogShare, ...(nextProbeAt === null ? {} : { nextProbeAt }) };
}

type ModesPart = Omit<AdmissionPolicy, "revision" | "dependencies">;

const inForce = ({ mode, dependency, step, since, cause }: ModeChanged): ModeInForce => ({
  mode,
  step,
  since,
  cause,
  ...(dependency === null ? {} : { dependency }),
});

function asModesSay(modes: readonly ModeChanged[]): ModesPart {
  const gravest = modes.find(({ contribution }) => withholds(contribution));
  return {
    modes: modes.map(inForce),
    ...merged(modes.map(({ contribution }) => contribution)),
    ...(gravest === undefined ? {} : { priorityCause: gravest.cause }),
  };
}

function asPinned(pin: Pin, modes: readonly ModeChanged[]): ModesPart {
  const contribution = pinnedContribution[pin.mode];
  const cause = whyPinned(pin);
  return {
    modes: [{ mode: pin.mode, step: "pinned", since: pin.since, cause }],
    pin,
    yielded: modes.map(inForce),
    ...merged([contribution]),
    ...(withholds(contribution) ? { priorityCause: cause } : {}),
  };
}

/** Something does not run because of it. */
const withholds = ({ byPriority = {} }: Contribution): boolean =>
  Object.values(byPriority).some((decision) => decision !== "run");

function merged(
  asked: readonly Contribution[],
): Pick<AdmissionPolicy, "byPriority" | "concurrencyFactor" | "batchFactor" | "attemptTimeoutFactor"> {
  const decide = (priority: Priority) =>
    asked.reduce<AdmissionDecision>(
      (heaviest, { byPriority }) => heavier(heaviest, byPriority?.[priority] ?? "run"),
      "run",
    );
  return {
    byPriority: {
      critical: decide("critical"),
      high: decide("high"),
      normal: decide("normal"),
      low: decide("low"),
      deferred: decide("deferred"),
    },
    concurrencyFactor: Math.min(1, ...asked.map(({ concurrencyFactor = 1 }) => concurrencyFactor)),
    batchFactor: Math.min(1, ...asked.map(({ batchFactor = 1 }) => batchFactor)),
    attemptTimeoutFactor: Math.max(1, ...asked.map(({ attemptTimeoutFactor = 1 }) => attemptTimeoutFactor)),
  };
}

/** Whoever holds a policy may keep it: not even its causes change. */
function deepFreeze<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  for (const part of Object.values(value)) deepFreeze(part);
  return Object.freeze(value);
}
