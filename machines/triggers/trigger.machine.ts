import { assign, sendTo, setup } from "xstate";
import { type ConditionCleared, conditionId, type ConditionRaised } from "../contracts/conditions.ts";
import type { TriggerChanged, TriggerState } from "../contracts/triggers.ts";
import { PROVIDED, root, timeOf, typed } from "../kit.ts";
import {
  calmer,
  calmFrom,
  changeOf,
  definitionOf,
  dwellOver,
  flapped,
  hasDwelt,
  isHigh,
  isLow,
  judgement,
  leaveDwellMs,
  type TriggerContext,
  type TriggerEvent,
  type TriggerInput,
} from "./trigger-context.ts";

/*
 * A trigger turns a measured value into a condition, and owns the patience that this takes.
 *
 * It is born `unknown`: before its sensor's first word nobody knows. A good reading leads from there to where the value
 * belongs. The trigger is `clear` until a value reaches the threshold to enter, then `rising` for as long as values
 * stay there. When that has lasted for the enter dwell, its condition is `raised`. (A dwell of 0 raises at once.) When
 * a value reaches the threshold to leave, which lies below the other, the trigger is `falling`; when values have stayed
 * there for the leave dwell, it is `clear` again. A value in between ends either dwell, and clears nothing.
 *
 * Where there was nothing to measure, nothing is wrong that could be seen: what rises does not go on rising, and what
 * is raised falls by its dwell.
 *
 * When its sensor fails, it is `unknown` again. That is never read as healthy: what was raised stays raised. The next
 * good reading leads back, and dwells begin anew, since nobody observed meanwhile. For the same reason a restart moves
 * the end of a dwell by the time that nobody observed, and a dwell that is nearly over then ends with the first word of
 * the sensor, not before it: what was measured before the restart ends none.
 *
 * A condition that is raised again soon after it was cleared flaps. Each flap doubles the leave dwell, up to eight
 * times, so that modes stay instead of coming and going; protection never comes later for it. Calm halves it again.
 *
 * Thresholds may change at any time. What is raised stays so, a dwell under way keeps its beginning, and the last value
 * is judged anew at once.
 */

const tell = <State extends TriggerState>(state: State) => ({ type: "tell", params: { state } }) as const;

export const triggerMachine = setup({
  types: {
    context: typed<TriggerContext>(),
    events: typed<TriggerEvent>(),
    input: typed<TriggerInput>(),
  },
  delays: { untilDeadline: PROVIDED },
  guards: {
    heardSinceResume: ({ context }) => !context.seen.isFromBefore,
    high: ({ context, event }) => isHigh(context, event),
    highForLong: ({ context, event }) => isHigh(context, event) && hasDwelt(context, event, "enter"),
    low: ({ context, event }) => isLow(context, event),
    lowForLong: ({ context, event }) => isLow(context, event) && hasDwelt(context, event, "leave"),
    notLow: ({ context, event }) => !isLow(context, event),
    notHigh: ({ context, event }) => !isHigh(context, event),
    calm: ({ context, event }) => context.dwellFactor > 1 && context.calmAt !== null && event.at >= context.calmAt,
    failedBefore: ({ context }) => context.failed,
    raisedAndNotLow: ({ context, event }) => context.raised && !isLow(context, event),
    raisedAndLow: ({ context, event }) => context.raised && isLow(context, event),
    raisedAndLowForLong: ({ context, event }) =>
      context.raised && isLow(context, event) && hasDwelt(context, event, "leave"),
  },
  actions: {
    see: assign(({ context, event }) => ({
      failed: event.type === "sensor.failed",
      seen:
        event.type === "reading"
          ? { value: event.value, isFromBefore: false }
          : event.type === "reading.none"
            ? { value: null, isFromBefore: false }
            : context.seen,
    })),
    /** The value beside its thresholds is why. */
    note: assign(({ context, event }) => ({ since: event.at, cause: judgement(context, event) })),
    noteFailed: assign(({ event }) => ({ since: event.at, cause: event.cause, dwellFrom: null })),
    /** By its timer, or by the first word since a restart. */
    noteEntered: assign(({ context, event }) => ({
      since: timeOf(event, context.deadline),
      cause: dwellOver(context, "enter"),
    })),
    noteLeft: assign(({ context, event }) => ({
      since: timeOf(event, context.deadline),
      cause: dwellOver(context, "leave"),
    })),
    /** What the last process saw is still the last value, and nothing that this one has observed. */
    ageWhatWasSeen: assign(({ context }) => ({ seen: { ...context.seen, isFromBefore: true } })),
    define: assign(({ context, event }) =>
      event.type === "definition.changed" ? { changed: changeOf(context.given, event.definition) } : {},
    ),
    /** Keeps the beginning of a dwell that is under way: only its length may be another. */
    dwellToEnter: assign(({ context, event }) => {
      const dwellFrom = context.dwellFrom ?? event.at;
      return { dwellFrom, deadline: dwellFrom + definitionOf(context).enterDwellMs };
    }),
    dwellToLeave: assign(({ context, event }) => {
      const dwellFrom = context.dwellFrom ?? event.at;
      return { dwellFrom, deadline: dwellFrom + leaveDwellMs(context, definitionOf(context)) };
    }),
    forgetDwell: assign({ dwellFrom: null }),
    raise: assign(({ context }) => ({
      raised: true,
      raisedAt: context.since,
      raisedBy: context.cause,
      dwellFrom: null,
      dwellFactor: flapped(context, context.since),
    })),
    clear: assign(({ context }) => ({
      raised: false,
      raisedAt: null,
      dwellFrom: null,
      calmAt: calmFrom(definitionOf(context), context.since),
    })),
    calmDown: assign(({ context, event }) => calmer(context, event.at)),
    /** Observed time only. Its end follows from its beginning and from the thresholds of this process. */
    moveDwell: assign(({ context, event }) => {
      const lostMs = event.type === "resume" ? event.lostMs : 0;
      const moved = (at: number | null) => (at === null ? null : at + lostMs);
      const dwellFrom = moved(context.dwellFrom);
      return { calmAt: moved(context.calmAt), dwellFrom: dwellFrom === null ? null : Math.min(event.at, dwellFrom) };
    }),
    tell: sendTo(
      root,
      ({ context, event }, { state }: { state: TriggerState }): TriggerChanged => ({
        type: "trigger.changed",
        at: timeOf(event, context.since),
        cause: context.cause,
        trigger: conditionId(context.given.condition),
        condition: context.given.condition,
        state,
        since: context.since,
        raised: context.raised,
        raisedAt: context.raisedAt,
        failed: context.failed,
        value: context.seen.value,
        definition: definitionOf(context),
        deadline: context.dwellFrom === null ? null : context.deadline,
        dwellFactor: context.dwellFactor,
      }),
    ),
    tellCondition: sendTo(root, ({ context, event }): ConditionRaised | ConditionCleared => ({
      type: context.raised ? "condition.raised" : "condition.cleared",
      at: context.raisedAt ?? timeOf(event, context.since),
      cause: context.raised ? context.raisedBy : context.cause,
      condition: context.given.condition,
    })),
  },
}).createMachine({
  id: "trigger",
  context: ({ input: { given, at, cause, predecessor } }) => ({
    given,
    since: at,
    cause,
    changed: predecessor === null ? null : changeOf(given, predecessor.definition),
    raised: predecessor?.raised ?? false,
    raisedAt: predecessor?.raisedAt ?? null,
    raisedBy: predecessor?.cause ?? cause,
    failed: false,
    dwellFrom: null,
    deadline: at,
    dwellFactor: predecessor?.dwellFactor ?? 1,
    calmAt: predecessor === null || predecessor.dwellFactor === 1 ? null : calmFrom(predecessor.definition, at),
    seen: { value: null, isFromBefore: false },
  }),
  initial: "unknown",
  states: {
    unknown: {
      description: "Its sensor has failed, or has said nothing yet: what was raised stays raised.",
      entry: [tell("unknown"), "tellCondition"],
      on: {
        reading: [
          { guard: "raisedAndLowForLong", target: "clear", actions: ["note", "see", "clear"] },
          { guard: "raisedAndLow", target: "falling", actions: ["note", "see", "dwellToLeave"] },
          { guard: "raisedAndNotLow", target: "raised", actions: ["note", "see"] },
          { guard: "highForLong", target: "raised", actions: ["note", "see", "raise"] },
          { guard: "high", target: "rising", actions: ["note", "see", "dwellToEnter"] },
          { target: "clear", actions: ["note", "see"] },
        ],
        "reading.none": [
          { guard: "raisedAndLowForLong", target: "clear", actions: ["note", "see", "clear"] },
          { guard: "raisedAndLow", target: "falling", actions: ["note", "see", "dwellToLeave"] },
          { target: "clear", actions: ["note", "see"] },
        ],
        "sensor.failed": [
          { guard: "failedBefore" },
          { target: "unknown", reenter: true, actions: ["noteFailed", "see"] },
        ],
        "definition.changed": { target: "unknown", reenter: true, actions: "define" },
        resume: { target: "unknown", reenter: true, actions: "moveDwell" },
      },
    },

    clear: {
      description: "Its condition is not raised, and no value gives reason to.",
      entry: [tell("clear"), "tellCondition"],
      on: {
        reading: [
          { guard: "highForLong", target: "raised", actions: ["note", "see", "raise"] },
          { guard: "high", target: "rising", actions: ["note", "see", "dwellToEnter"] },
          { guard: "calm", target: "clear", reenter: true, actions: ["see", "calmDown"] },
          { actions: "see" },
        ],
        "reading.none": [
          { guard: "calm", target: "clear", reenter: true, actions: ["see", "calmDown"] },
          { actions: "see" },
        ],
        "sensor.failed": { target: "unknown", actions: ["noteFailed", "see"] },
        "definition.changed": [
          { guard: "highForLong", target: "raised", actions: ["note", "define", "raise"] },
          { guard: "high", target: "rising", actions: ["note", "define", "dwellToEnter"] },
          { target: "clear", reenter: true, actions: "define" },
        ],
        resume: { target: "clear", reenter: true, actions: ["moveDwell", "ageWhatWasSeen"] },
      },
    },

    rising: {
      description: "Values are at or above the threshold to enter, and have not been for long enough.",
      entry: [tell("rising"), "tellCondition"],
      after: { untilDeadline: { guard: "heardSinceResume", target: "raised", actions: ["noteEntered", "raise"] } },
      on: {
        reading: [
          { guard: "notHigh", target: "clear", actions: ["note", "see", "forgetDwell"] },
          { guard: "highForLong", target: "raised", actions: ["see", "noteEntered", "raise"] },
          { actions: "see" },
        ],
        "reading.none": { target: "clear", actions: ["note", "see", "forgetDwell"] },
        "sensor.failed": { target: "unknown", actions: ["noteFailed", "see"] },
        "definition.changed": [
          { guard: "highForLong", target: "raised", actions: ["note", "define", "raise"] },
          { guard: "high", target: "rising", reenter: true, actions: ["define", "dwellToEnter"] },
          { target: "clear", actions: ["note", "define", "forgetDwell"] },
        ],
        resume: { target: "rising", reenter: true, actions: ["moveDwell", "dwellToEnter", "ageWhatWasSeen"] },
      },
    },

    raised: {
      description: "Its condition is raised.",
      entry: [tell("raised"), "tellCondition"],
      on: {
        reading: [
          { guard: "lowForLong", target: "clear", actions: ["note", "see", "clear"] },
          { guard: "low", target: "falling", actions: ["note", "see", "dwellToLeave"] },
          { actions: "see" },
        ],
        "reading.none": [
          { guard: "lowForLong", target: "clear", actions: ["note", "see", "clear"] },
          { target: "falling", actions: ["note", "see", "dwellToLeave"] },
        ],
        "sensor.failed": { target: "unknown", actions: ["noteFailed", "see"] },
        "definition.changed": [
          { guard: "lowForLong", target: "clear", actions: ["note", "define", "clear"] },
          { guard: "low", target: "falling", actions: ["note", "define", "dwellToLeave"] },
          { target: "raised", reenter: true, actions: "define" },
        ],
        resume: { target: "raised", reenter: true, actions: ["moveDwell", "ageWhatWasSeen"] },
      },
    },

    falling: {
      description: "Values are at or below the threshold to leave, and have not been for long enough.",
      entry: [tell("falling"), "tellCondition"],
      after: { untilDeadline: { guard: "heardSinceResume", target: "clear", actions: ["noteLeft", "clear"] } },
      on: {
        reading: [
          { guard: "notLow", target: "raised", actions: ["note", "see", "forgetDwell"] },
          { guard: "lowForLong", target: "clear", actions: ["see", "noteLeft", "clear"] },
          { actions: "see" },
        ],
        "reading.none": [
          { guard: "lowForLong", target: "clear", actions: ["see", "noteLeft", "clear"] },
          { actions: "see" },
        ],
        "sensor.failed": { target: "unknown", actions: ["noteFailed", "see"] },
        "definition.changed": [
          { guard: "lowForLong", target: "clear", actions: ["note", "define", "clear"] },
          { guard: "low", target: "falling", reenter: true, actions: ["define", "dwellToLeave"] },
          { target: "raised", actions: ["note", "define", "forgetDwell"] },
        ],
        resume: { target: "falling", reenter: true, actions: ["moveDwell", "dwellToLeave", "ageWhatWasSeen"] },
      },
    },
  },
});
