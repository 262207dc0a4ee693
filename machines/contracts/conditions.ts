import type { Cause } from "./cause.ts";
import type { Said } from "./said.ts";

/** Something is wrong, and modes and incidents answer to it. One kind per sort of trouble; more kinds come with triggers. */
export type Condition = DependencyUnavailable;

/** Raised by a breaker once a probe or its callers have failed, until it closes. */
export interface DependencyUnavailable {
  readonly kind: "dependency_unavailable";
  readonly dependency: string;
}

export type ConditionKind = Condition["kind"];

/** One name per condition: `dependency_unavailable:graph`. */
export const conditionId = (condition: Condition): string => `${condition.kind}:${condition.dependency}`;

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
