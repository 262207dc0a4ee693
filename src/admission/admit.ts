import type { AdmissionDecision, AdmissionPolicy } from "../../machines/contracts/admission-policy.ts";
import type { Cause } from "../../machines/contracts/cause.ts";
import { PRIORITIES, type Priority } from "../../machines/contracts/priority.ts";

export interface Admission {
  readonly decision: AdmissionDecision;
  /** What decided; undefined for a plain `run`. */
  readonly cause?: Cause;
  /** True when the priority decided, not a dependency. */
  readonly byPriority: boolean;
  /** The dependency that decided. */
  readonly dependency?: string;
  /** Wall time of the earliest moment at which the answer may differ, where one is known. */
  readonly retryAt?: number;
}

const RUN: Admission = Object.freeze({ decision: "run", byPriority: false });

/** What the policy says to an operation of this priority that needs these dependencies. A pure function of the snapshot. */
export function admit(policy: AdmissionPolicy, priority: Priority, dependencies: readonly string[]): Admission {
  const byPriority = policy.byPriority[priority];
  if (byPriority === "refuse") return ofPriority("refuse", policy);
  for (const name of dependencies) {
    const dependency = policy.dependencies[name];
    if (dependency !== undefined && dependency.decision !== "run")
      return {
        decision: dependency.decision,
        byPriority: false,
        dependency: name,
        cause: dependency.cause,
        ...(dependency.nextProbeAt === undefined ? {} : { retryAt: dependency.nextProbeAt }),
      };
  }
  return byPriority === "queue" ? ofPriority("queue", policy) : RUN;
}

/** A pin is known to end; when a mode will leave is not. */
const ofPriority = (decision: AdmissionDecision, { priorityCause, pin }: AdmissionPolicy): Admission => ({
  decision,
  byPriority: true,
  ...(priorityCause === undefined ? {} : { cause: priorityCause }),
  ...(pin === undefined ? {} : { retryAt: pin.until }),
});

/** The least urgent rank that the policy lets run; -1 when none may. */
export function lowestRunningRank(policy: AdmissionPolicy): number {
  let rank = -1;
  for (const priority of PRIORITIES) {
    if (policy.byPriority[priority] !== "run") break;
    rank += 1;
  }
  return rank;
}
