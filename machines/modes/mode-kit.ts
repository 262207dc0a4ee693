import type { Cause } from "../contracts/cause.ts";
import { conditionId, type ConditionsTold, type RaisedCondition } from "../contracts/conditions.ts";
import type { Resume } from "../contracts/lifecycle-events.ts";
import type { Contribution, ModeChanged } from "../contracts/mode-events.ts";
import type { Mode } from "../contracts/modes.ts";
import { because, type Story, timeOf } from "../kit.ts";

/* What the modes that answer to conditions of the whole service have in common: everything but their story. */

export interface ModeGiven {
  /** How long each step on the way back lasts. */
  readonly restoreStepMs: number;
}

export interface ModeInput {
  readonly given: ModeGiven;
  readonly at: number;
  readonly cause: Cause;
  /** The last fact that a fallen one told: what it asked for is asked for still. */
  readonly predecessor: ModeChanged | null;
}

export interface ModeContext extends Story<ModeGiven> {
  /** What holds it in force, by `conditionId`. */
  readonly conditions: readonly string[];
  /** When the present step of the way back is over. */
  readonly deadline: number;
}

export type ModeEvent = ConditionsTold | Resume;

/** What each step asks of the policy; null: the mode is not in force. */
export type Steps<Step extends string> = Readonly<Record<Step, Contribution | null>>;

/**
 * What it knows at its birth. Where a fallen one was in force, it goes on in that state and for that reason, and a step
 * of the way back begins anew: nobody observed what was over of it.
 */
export const born = ({ input: { given, at, cause, predecessor } }: { input: ModeInput }): ModeContext => ({
  given,
  since: at,
  cause: predecessor?.inForce ? predecessor.cause : cause,
  conditions: predecessor?.conditions ?? [],
  deadline: at + given.restoreStepMs,
});

type Told = { readonly context: ModeContext; readonly event: ModeEvent };

export const raisedIn = ({ event }: Told): readonly RaisedCondition[] =>
  event.type === "conditions.told" ? event.raised : [];

const idsOf = (raised: readonly RaisedCondition[]): readonly string[] =>
  raised.map(({ condition }) => conditionId(condition)).toSorted();

/** As guards of `conditions.told`. */
export const isRaised = (told: Told): boolean => raisedIn(told).length > 0;
export const isOver = (told: Told): boolean => raisedIn(told).length === 0;
/** Still in force, and for other conditions than before. */
export const isHeldByOthers = (told: Told): boolean => idsOf(raisedIn(told)).join() !== told.context.conditions.join();

export const hearConditions = (told: Told): Partial<ModeContext> => ({ conditions: idsOf(raisedIn(told)) });

/** Why it enters is the condition's own cause, not that of the telling, which may be about another condition. */
export const enter = (told: Told): Partial<ModeContext> => ({
  since: told.event.at,
  cause: raisedIn(told)[0]?.cause ?? told.event.cause,
  ...hearConditions(told),
});

/** The first step of the way back: its conditions are gone. */
export const leave = ({ context, event }: Told): Partial<ModeContext> => ({
  since: event.at,
  cause: event.cause,
  conditions: [],
  deadline: event.at + context.given.restoreStepMs,
});

/** A further step of the way back: nothing was raised during the last one. */
export const goOn = (mode: Mode, { context: { deadline, given, cause } }: { context: ModeContext }) => ({
  since: deadline,
  cause: because(
    {
      actor: mode,
      what: `a step of ${given.restoreStepMs} ms went well`,
      values: { restoreStepMs: given.restoreStepMs },
    },
    // Behind each step stands what the first one was for, not the step before.
    cause.actor === mode ? (cause.because ?? cause) : cause,
  ),
  deadline: deadline + given.restoreStepMs,
});

/**
 * A step goes on after a restart: only time in which somebody observed says that it went well. It is never longer than
 * a whole one from now.
 */
export const clampStep = ({ context, event }: Told): Partial<ModeContext> => {
  const lostMs = event.type === "resume" ? event.lostMs : 0;
  const { restoreStepMs } = context.given;
  return { deadline: Math.max(event.at, Math.min(context.deadline + lostMs, event.at + restoreStepMs)) };
};

export const modeChanged = (
  mode: Mode,
  step: string,
  contribution: Contribution | null,
  { context: { since, cause, conditions }, event }: { context: ModeContext; event: object },
): ModeChanged => ({
  type: "mode.changed",
  at: timeOf(event, since),
  cause,
  id: mode,
  mode,
  dependency: null,
  step,
  since,
  inForce: contribution !== null,
  conditions,
  contribution: contribution ?? {},
});
