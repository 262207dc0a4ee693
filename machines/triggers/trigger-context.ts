import type { Cause } from "../contracts/cause.ts";
import { type Condition, conditionId } from "../contracts/conditions.ts";
import type { Resume } from "../contracts/lifecycle-events.ts";
import type {
  DefinitionChanged,
  NothingMeasured,
  Reading,
  SensorFailed,
  TriggerChanged,
  TriggerDefinition,
} from "../contracts/triggers.ts";
import { because, type Story } from "../kit.ts";

/* What a trigger is given and keeps in mind, how it judges a value, and the arithmetic of its dwells. */

export interface TriggerGiven {
  readonly condition: Condition;
  /** As configured. */
  readonly definition: TriggerDefinition;
}

export interface TriggerInput {
  readonly given: TriggerGiven;
  readonly at: number;
  readonly cause: Cause;
  /** The last fact that a fallen trigger told: what it had raised stays raised. */
  readonly predecessor: TriggerChanged | null;
}

export interface TriggerContext extends Story<TriggerGiven> {
  /** The definition that was given at run time; null: the configured one holds. */
  readonly changed: TriggerDefinition | null;
  readonly raised: boolean;
  readonly raisedAt: number | null;
  /** Why its condition is raised, however often it fell and rose again since. */
  readonly raisedBy: Cause;
  /** The sensor's last word was that it failed. */
  readonly failed: boolean;
  /** When the dwell under way began, in observed time; null: none is under way. */
  readonly dwellFrom: number | null;
  /** When it is over. */
  readonly deadline: number;
  /** Multiplies the leave dwell: 1, and twice as much with each flap up to 8. */
  readonly dwellFactor: number;
  /** Raised again before this, it has flapped; after it, the factor shrinks. Null: it has not been raised of late. */
  readonly calmAt: number | null;
  readonly seen: {
    /** The last value, null before the first and when there was nothing to measure. */
    readonly value: number | null;
    /** The process before this one measured it. */
    readonly isFromBefore: boolean;
  };
}

export type TriggerEvent = Reading | NothingMeasured | SensorFailed | DefinitionChanged | Resume;

const LARGEST_FACTOR = 8;

/** Calm is as many times the leave dwell in which it was not raised. */
const CALM = 4;

export const name = ({ given }: TriggerContext) => `trigger:${conditionId(given.condition)}`;

export const definitionOf = ({ changed, given }: TriggerContext): TriggerDefinition => changed ?? given.definition;

/** Value and thresholds as they are with this event: a new value against the old thresholds, or the other way round. */
const judged = (context: TriggerContext, event: TriggerEvent) => ({
  value: event.type === "reading" ? event.value : event.type === "reading.none" ? null : context.seen.value,
  definition: event.type === "definition.changed" ? event.definition : definitionOf(context),
});

export const isHigh = (context: TriggerContext, event: TriggerEvent): boolean => {
  const { value, definition } = judged(context, event);
  return value !== null && value >= definition.enter;
};

/** Or nothing was measured: then nothing goes wrong either. */
export const isLow = (context: TriggerContext, event: TriggerEvent): boolean => {
  const { value, definition } = judged(context, event);
  return value === null || value <= definition.exit;
};

export const leaveDwellMs = ({ dwellFactor }: TriggerContext, { leaveDwellMs: ms }: TriggerDefinition): number =>
  ms * dwellFactor;

/** The dwell under way, or one that begins with this event, is over: by something that was observed since a restart. */
export const hasDwelt = (context: TriggerContext, event: TriggerEvent, way: "enter" | "leave"): boolean => {
  if (event.type === "definition.changed" && context.seen.isFromBefore) return false;
  const { definition } = judged(context, event);
  const dwellMs = way === "enter" ? definition.enterDwellMs : leaveDwellMs(context, definition);
  return event.at >= (context.dwellFrom ?? event.at) + dwellMs;
};

/** A definition is remembered as a change only where it is one: else a later configuration would never hold. */
export const changeOf = ({ definition: configured }: TriggerGiven, definition: TriggerDefinition) =>
  definition.enter === configured.enter &&
  definition.exit === configured.exit &&
  definition.enterDwellMs === configured.enterDwellMs &&
  definition.leaveDwellMs === configured.leaveDwellMs
    ? null
    : definition;

/** Flapping: raised again before it was calm. Each flap doubles the leave dwell, so that it stays raised for longer. */
export const flapped = ({ dwellFactor, calmAt }: TriggerContext, raisedAt: number): number =>
  calmAt !== null && raisedAt < calmAt ? Math.min(LARGEST_FACTOR, dwellFactor * 2) : dwellFactor;

export const calmFrom = (definition: TriggerDefinition, at: number): number => at + CALM * definition.leaveDwellMs;

/** Half the factor after each calm time. */
export const calmer = (context: TriggerContext, at: number) => {
  const dwellFactor = Math.max(1, context.dwellFactor / 2);
  return { dwellFactor, calmAt: dwellFactor > 1 ? calmFrom(definitionOf(context), at) : null };
};

/** 0.9512345 as 0.9512. */
const rounded = (value: number): number => Number(value.toPrecision(4));

const finding = (value: number | null, { enter, exit }: TriggerDefinition): string => {
  if (value === null) return "nothing was measured";
  if (value >= enter) return `${rounded(value)} is at or above ${enter}`;
  if (value <= exit) return `${rounded(value)} is at or below ${exit}`;
  return `${rounded(value)} is between ${exit} and ${enter}`;
};

const values = (value: number | null, { enter, exit }: TriggerDefinition): NonNullable<Cause["values"]> => ({
  ...(value === null ? {} : { value }),
  enter,
  exit,
});

/** Why an event leads where it leads: the value beside its thresholds, behind it what the sensor or the person said. */
export const judgement = (context: TriggerContext, event: TriggerEvent): Cause => {
  const { value, definition } = judged(context, event);
  return because(
    { actor: name(context), what: finding(value, definition), values: values(value, definition) },
    event.cause,
  );
};

/** Why the end of a dwell leads where it leads; behind it, what began it. */
export const dwellOver = (context: TriggerContext, way: "enter" | "leave"): Cause => {
  const definition = definitionOf(context);
  const { value } = context.seen;
  const dwellMs = way === "enter" ? definition.enterDwellMs : leaveDwellMs(context, definition);
  return because(
    {
      actor: name(context),
      what: `${finding(value, definition)}, for ${dwellMs} ms`,
      values: { ...values(value, definition), dwellMs },
    },
    context.cause.because ?? context.cause,
  );
};
