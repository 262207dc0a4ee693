import type { AdmissionDecision, AdmissionPolicy, DependencyAdmission } from "./contracts/admission-policy.ts";
import type { Cause } from "./contracts/cause.ts";
import type { ModeChanged } from "./contracts/mode-events.ts";
import { MODES } from "./contracts/modes.ts";
import type { Priority } from "./contracts/priority.ts";
import type { Facts } from "./facts.ts";

/*
 * The admission policy is derived, never owned: first the breakers, then the modes in force. (A pin, once there is
 * one, takes the place of the modes.) `refuse` outweighs `queue`, `queue` outweighs `run`; of two factors the more
 * careful one counts. The order in which the facts came makes no difference.
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
  return deepFreeze({
    revision,
    modes: modes.map(({ mode, dependency, step, since, cause }) => ({
      mode,
      step,
      since,
      cause,
      ...(dependency === null ? {} : { dependency }),
    })),
    ...whatModesSay(modes),
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

type ModesPart = Pick<
  AdmissionPolicy,
  "byPriority" | "priorityCause" | "concurrencyFactor" | "batchFactor" | "attemptTimeoutFactor"
>;

function whatModesSay(modes: readonly ModeChanged[]): ModesPart {
  const asked = modes.map(({ contribution }) => contribution);
  const decide = (priority: Priority) =>
    asked.reduce<AdmissionDecision>(
      (heaviest, { byPriority }) => heavier(heaviest, byPriority?.[priority] ?? "run"),
      "run",
    );
  const gravest = modes.find(({ contribution }) =>
    Object.values(contribution.byPriority ?? {}).some((each) => each !== "run"),
  );
  return {
    byPriority: {
      critical: decide("critical"),
      high: decide("high"),
      normal: decide("normal"),
      low: decide("low"),
      deferred: decide("deferred"),
    },
    ...(gravest === undefined ? {} : { priorityCause: gravest.cause }),
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
