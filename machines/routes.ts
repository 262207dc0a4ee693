import type { Cause } from "./contracts/cause.ts";
import type { AutoRecoveryChanged } from "./contracts/auto-recovery-events.ts";
import type { Condition, ConditionKind, ConditionsTold } from "./contracts/conditions.ts";
import type { BreakerChanged, ProbeWanted } from "./contracts/breaker-events.ts";
import type { ModesTold } from "./contracts/mode-events.ts";
import type { DrainChanged } from "./contracts/recovery-events.ts";
import type { TriggerChanged } from "./contracts/triggers.ts";
import type { Command, Fact, Facts } from "./facts.ts";

/** One machine of the cast, and what it wants to be told. A new mode or incident is a line of these. */
export interface Listener {
  readonly id: string;
  /** Is told all raised conditions of these kinds, of one dependency or of any. */
  readonly answersTo?: readonly { readonly kind: ConditionKind; readonly dependency?: string }[];
  /** Is passed every fact about these: `breaker:graph`, `drain:graph`, `trigger:memory_exhaustion`, `auto_recovery`; `modes`, as `modes.told`. */
  readonly hears?: readonly string[];
}

export interface Message {
  readonly to: string;
  readonly event:
    | ConditionsTold
    | ModesTold
    | BreakerChanged
    | DrainChanged
    | TriggerChanged
    | AutoRecoveryChanged
    | ProbeWanted;
}

type Said = { readonly at: number; readonly cause: Cause };

const answers = ({ answersTo = [] }: Listener, { kind, dependency }: Condition): boolean =>
  answersTo.some((wanted) => wanted.kind === kind && (wanted.dependency ?? dependency) === dependency);

const hears = ({ hears: subjects = [] }: Listener, subject: string): boolean => subjects.includes(subject);

const conditionsFor = (listener: Listener, { raised }: Facts, { at, cause }: Said): Message => ({
  to: listener.id,
  event: {
    type: "conditions.told",
    at,
    cause,
    raised: Object.values(raised).filter(({ condition }) => answers(listener, condition)),
  },
});

const modesFor = ({ id }: Listener, { modes }: Facts, { at, cause }: Said): Message => {
  const inForce = Object.values(modes).filter((told) => told.inForce && told.mode !== "normal");
  return { to: id, event: { type: "modes.told", at, cause, inForce: inForce.map(({ mode }) => mode) } };
};

/** Everything one listener would know had it listened all the time: facts about its subjects first, then levels. */
export const everythingFor = (listener: Listener, facts: Facts, said: Said): readonly Message[] => [
  ...Object.entries(facts.breakers)
    .filter(([dependency]) => hears(listener, `breaker:${dependency}`))
    .map(([, event]) => ({ to: listener.id, event })),
  ...Object.entries(facts.drains)
    .filter(([dependency]) => hears(listener, `drain:${dependency}`))
    .map(([, event]) => ({ to: listener.id, event })),
  ...Object.values(facts.triggers)
    .filter(({ trigger }) => hears(listener, `trigger:${trigger}`))
    .map((event) => ({ to: listener.id, event })),
  ...(facts.autoRecovery !== null && hears(listener, "auto_recovery")
    ? [{ to: listener.id, event: facts.autoRecovery }]
    : []),
  ...(listener.answersTo === undefined ? [] : [conditionsFor(listener, facts, said)]),
  ...(hears(listener, "modes") ? [modesFor(listener, facts, said)] : []),
];

/** Who is told what about an event. The one table by which root routes. */
export const messagesAbout = (
  event: Fact | Command,
  facts: Facts,
  listeners: readonly Listener[],
): readonly Message[] => {
  switch (event.type) {
    case "breaker.changed":
      return listeners
        .filter((each) => hears(each, `breaker:${event.dependency}`))
        .map(({ id }) => ({ to: id, event }));
    case "drain.changed":
      return listeners.filter((each) => hears(each, `drain:${event.dependency}`)).map(({ id }) => ({ to: id, event }));
    case "trigger.changed":
      return listeners.filter((each) => hears(each, `trigger:${event.trigger}`)).map(({ id }) => ({ to: id, event }));
    case "auto_recovery.changed":
      return listeners.filter((each) => hears(each, "auto_recovery")).map(({ id }) => ({ to: id, event }));
    case "condition.raised":
    case "condition.cleared":
      return listeners
        .filter((each) => answers(each, event.condition))
        .map((each) => conditionsFor(each, facts, event));
    case "mode.changed":
      return listeners.filter((each) => hears(each, "modes")).map((each) => modesFor(each, facts, event));
    case "actor.started":
      return listeners.filter(({ id }) => id === event.id).flatMap((each) => everythingFor(each, facts, event));
    case "probe.wanted":
      return [{ to: `breaker:${event.dependency}`, event }];
    case "incident.changed":
    case "pin.changed":
    case "actor.fallen":
    case "actor.settled":
      return [];
  }
};
