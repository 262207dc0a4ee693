import { assign, sendTo, setup } from "xstate";
import type { Cause } from "./contracts/cause.ts";
import type { Resume } from "./contracts/lifecycle-events.ts";
import type { Pin, PinChanged, PinReleased, PinSet } from "./contracts/pin-events.ts";
import { because, PROVIDED, root, type Story, timeOf, typed } from "./kit.ts";

/*
 * The pin is a person's hand on the modes: one mode, forced, in place of whatever the machines would have in force.
 *
 * It is `free` until a person sets it: who, why and until when. Then it is `held`. A while before its end it says so
 * aloud, and is `expiring`; at its end it is `free`. A person may release it before, or set another one: whoever does
 * names the pin that they believe to be held, and where another one is, nothing happens. So two persons who act at the
 * same time cannot undo each other unawares. Revisions never repeat, also over releases, crashes and restarts.
 *
 * Its end is a time of the day: it comes nearer while the process is down, and a restart after it finds it `free`. Born
 * to a fallen predecessor that held a pin, it goes on holding it.
 */

export interface PinGiven {
  readonly warnBeforeMs: number;
}

export interface PinInput {
  readonly given: PinGiven;
  readonly at: number;
  readonly cause: Cause;
  /** The last fact that a fallen one told: what was pinned stays pinned. */
  readonly predecessor: PinChanged | null;
}

export interface PinContext extends Story<PinGiven> {
  readonly pin: Pin | null;
  /** The last one given out. */
  readonly revision: number;
  /** When it says that it is about to end; then, when it ends. */
  readonly deadline: number;
}

export type PinEvent = PinSet | PinReleased | Resume;

/** Who pinned what and why: what a status, a refusal and a queued operation show. */
export const whyPinned = ({ mode, owner, reason, revision }: Pin): Cause => ({
  actor: "pin",
  what: `${owner} pinned ${mode}: ${reason}`,
  values: { mode, owner, reason, revision },
});

const warnAt = ({ since, until }: Pin, { warnBeforeMs }: PinGiven) => Math.max(since, until - warnBeforeMs);

const tell = (state: PinChanged["state"]) => ({ type: "tell", params: { state } }) as const;

export const pinMachine = setup({
  types: { context: typed<PinContext>(), events: typed<PinEvent>(), input: typed<PinInput>() },
  delays: { untilDeadline: PROVIDED },
  guards: {
    /** The person has seen what is true. */
    expected: ({ context, event }) =>
      event.type !== "resume" && event.expected === (context.pin === null ? null : context.pin.revision),
    pinned: ({ context }) => context.pin !== null,
    overdue: ({ context, event }) => context.pin !== null && event.at >= context.pin.until,
  },
  actions: {
    set: assign(({ context, event }) => {
      if (event.type !== "pin.set") return {};
      const { mode, owner, reason, until, at } = event;
      const pin: Pin = { mode, owner, reason, since: at, until, revision: context.revision + 1 };
      return {
        pin,
        revision: pin.revision,
        since: at,
        cause: because(whyPinned(pin), event.cause),
        deadline: warnAt(pin, context.given),
      };
    }),
    release: assign(({ event }) => ({ pin: null, since: event.at, cause: event.cause })),
    warn: assign(({ context }) => {
      if (context.pin === null) return {};
      const { mode, until } = context.pin;
      const what = `the pin on ${mode} ends in ${until - context.deadline} ms`;
      const values = { warnBeforeMs: context.given.warnBeforeMs };
      return {
        since: context.deadline,
        cause: because({ actor: "pin", what, values }, whyPinned(context.pin)),
        deadline: until,
      };
    }),
    expire: assign(({ context }) => {
      if (context.pin === null) return {};
      const what = `the pin on ${context.pin.mode} ended`;
      return { pin: null, since: context.pin.until, cause: because({ actor: "pin", what }, whyPinned(context.pin)) };
    }),
    tell: sendTo(
      root,
      ({ context, event }, { state }: { state: PinChanged["state"] }): PinChanged => ({
        type: "pin.changed",
        at: timeOf(event, context.since),
        cause: context.cause,
        state,
        since: context.since,
        pin: context.pin,
        revision: context.revision,
      }),
    ),
  },
}).createMachine({
  id: "pin",
  context: ({ input: { given, at, cause, predecessor } }) => {
    const pin = predecessor?.pin ?? null;
    return {
      given,
      since: pin === null ? at : (predecessor?.since ?? at),
      cause: pin === null ? cause : (predecessor?.cause ?? cause),
      pin,
      revision: predecessor?.revision ?? 0,
      deadline: pin === null ? at : warnAt(pin, given),
    };
  },
  initial: "free",
  states: {
    free: {
      description: "No mode is pinned.",
      entry: tell("free"),
      always: { guard: "pinned", target: "held" },
      on: {
        "pin.set": { guard: "expected", target: "held", actions: "set" },
        resume: { target: "free", reenter: true },
      },
    },
    held: {
      description: "A mode is pinned.",
      entry: tell("held"),
      after: { untilDeadline: { target: "expiring", actions: "warn" } },
      on: {
        "pin.set": { guard: "expected", target: "held", reenter: true, actions: "set" },
        "pin.release": { guard: "expected", target: "free", actions: "release" },
        resume: [
          { guard: "overdue", target: "free", actions: "expire" },
          { target: "held", reenter: true },
        ],
      },
    },
    expiring: {
      description: "A mode is pinned, and will not be much longer.",
      entry: tell("expiring"),
      after: { untilDeadline: { target: "free", actions: "expire" } },
      on: {
        "pin.set": { guard: "expected", target: "held", actions: "set" },
        "pin.release": { guard: "expected", target: "free", actions: "release" },
        resume: [
          { guard: "overdue", target: "free", actions: "expire" },
          { target: "expiring", reenter: true },
        ],
      },
    },
  },
});
