import type { Cause } from "./cause.ts";
import type { Said } from "./said.ts";

/** What can be wrong with one dependency, each of them once per dependency. */
export const DEPENDENCY_CONDITION_KINDS = ["dependency_unavailable", "connection_failures"] as const;

/** What can be wrong with the service as a whole. */
export const SERVICE_CONDITION_KINDS = [
  "memory_exhaustion",
  "high_error_rate",
  "queue_overflow",
  "processing_timeout",
  "event_loop_overload",
  "storage_unavailable",
] as const;

/** Something is wrong, and modes and incidents answer to it. */
export type Condition = DependencyCondition | ServiceCondition;

/**
 * - `dependency_unavailable`: raised by a breaker once a probe or its callers have failed, until it closes. No dwell.
 * - `connection_failures`: raised by a trigger: too many calls failed over minutes, however often the breaker closed
 *   in between. A dependency that flaps.
 */
export interface DependencyCondition {
  readonly kind: (typeof DEPENDENCY_CONDITION_KINDS)[number];
  readonly dependency: string;
}

/** Raised by a trigger. */
export interface ServiceCondition {
  readonly kind: (typeof SERVICE_CONDITION_KINDS)[number];
  readonly dependency?: never;
}

export type ConditionKind = Condition["kind"];

/** One name per condition: `dependency_unavailable:graph`, `memory_exhaustion`. */
export const conditionId = ({ kind, dependency }: Condition): string =>
  dependency === undefined ? kind : `${kind}:${dependency}`;

/**
 * What an emergency counts: kinds of trouble. Several lost dependencies are one kind, and so are one that is lost and
 * one that flaps.
 */
export const troubleOf = ({ kind, dependency }: Condition): string => (dependency === undefined ? kind : "dependency");

/** A condition as its listeners are told it: it has been raised since then. */
export interface RaisedCondition {
  readonly condition: Condition;
  readonly since: number;
  readonly cause: Cause;
}

export interface ConditionRaised extends Said {
  readonly type: "condition.raised";
  readonly condition: Condition;
}

export interface ConditionCleared extends Said {
  readonly type: "condition.cleared";
  readonly condition: Condition;
}

/** A level, not an edge: everything raised now of what the listener answers to. */
export interface ConditionsTold extends Said {
  readonly type: "conditions.told";
  readonly raised: readonly RaisedCondition[];
}
