import type { AutoRecoveryChanged } from "./contracts/auto-recovery-events.ts";
import type { BreakerChanged, ProbeWanted } from "./contracts/breaker-events.ts";
import {
  type ConditionCleared,
  conditionId,
  type ConditionRaised,
  type RaisedCondition,
} from "./contracts/conditions.ts";
import type { ActorFallen, ActorSettled, ActorStarted } from "./contracts/lifecycle-events.ts";
import type { ModeChanged } from "./contracts/mode-events.ts";
import type { PinChanged } from "./contracts/pin-events.ts";
import type { DrainChanged, IncidentChanged } from "./contracts/recovery-events.ts";
import type { TriggerChanged } from "./contracts/triggers.ts";

/** What root is told and keeps: one last fact per subject. */
export type Fact =
  | BreakerChanged
  | ConditionRaised
  | ConditionCleared
  | ModeChanged
  | DrainChanged
  | IncidentChanged
  | TriggerChanged
  | PinChanged
  | AutoRecoveryChanged
  | ActorFallen
  | ActorStarted
  | ActorSettled;

/** What is passed on and forgotten. */
export type Command = ProbeWanted;

/** A fall, and whether it is still down. */
export interface Fall extends ActorFallen {
  readonly down: boolean;
}

export interface Facts {
  /** By dependency. */
  readonly breakers: Readonly<Record<string, BreakerChanged>>;
  readonly drains: Readonly<Record<string, DrainChanged>>;
  /** By the id of the actor. */
  readonly modes: Readonly<Record<string, ModeChanged>>;
  readonly falls: Readonly<Record<string, Fall>>;
  /** By `conditionId`. */
  readonly incidents: Readonly<Record<string, IncidentChanged>>;
  readonly raised: Readonly<Record<string, RaisedCondition>>;
  readonly triggers: Readonly<Record<string, TriggerChanged>>;
  /** Null before the first word of each. */
  readonly pin: PinChanged | null;
  readonly autoRecovery: AutoRecoveryChanged | null;
}

export const noFacts: Facts = {
  breakers: {},
  drains: {},
  modes: {},
  falls: {},
  incidents: {},
  raised: {},
  triggers: {},
  pin: null,
  autoRecovery: null,
};

const without = <Value>(record: Readonly<Record<string, Value>>, key: string): Readonly<Record<string, Value>> => {
  const { [key]: _, ...rest } = record;
  return rest;
};

/** The facts after one more was told. */
export const remember = (facts: Facts, fact: Fact): Facts => {
  switch (fact.type) {
    case "breaker.changed":
      return { ...facts, breakers: { ...facts.breakers, [fact.dependency]: fact } };
    case "drain.changed":
      return { ...facts, drains: { ...facts.drains, [fact.dependency]: fact } };
    case "mode.changed":
      return { ...facts, modes: { ...facts.modes, [fact.id]: fact } };
    case "incident.changed":
      return { ...facts, incidents: { ...facts.incidents, [conditionId(fact.condition)]: fact } };
    case "trigger.changed":
      return { ...facts, triggers: { ...facts.triggers, [fact.trigger]: fact } };
    case "pin.changed":
      return { ...facts, pin: fact };
    case "auto_recovery.changed":
      return { ...facts, autoRecovery: fact };
    case "condition.raised": {
      const id = conditionId(fact.condition);
      // Told again, it has been raised since the first time.
      const { since, cause } = facts.raised[id] ?? { since: fact.at, cause: fact.cause };
      return { ...facts, raised: { ...facts.raised, [id]: { condition: fact.condition, since, cause } } };
    }
    case "condition.cleared":
      return { ...facts, raised: without(facts.raised, conditionId(fact.condition)) };
    case "actor.fallen":
      return { ...facts, falls: { ...facts.falls, [fact.id]: { ...fact, down: true } } };
    case "actor.started": {
      const fall = facts.falls[fact.id];
      return fall === undefined ? facts : { ...facts, falls: { ...facts.falls, [fact.id]: { ...fall, down: false } } };
    }
    case "actor.settled":
      return { ...facts, falls: without(facts.falls, fact.id) };
  }
};
