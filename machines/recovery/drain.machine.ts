import { assign, sendTo, setup } from "xstate";
import type { BreakerChanged } from "../contracts/breaker-events.ts";
import type { Cause } from "../contracts/cause.ts";
import type { Resume } from "../contracts/lifecycle-events.ts";
import type {
  ActionOutcome,
  BacklogEmptied,
  Dispute,
  DrainAccepted,
  DrainChanged,
  DrainState,
  PageWanted,
  Remainder,
  WatermarkRead,
} from "../contracts/recovery-events.ts";
import { because, io, root, type Story, timeOf, typed } from "../kit.ts";

/*
 * The drain owns the backlog that one outage of a dependency leaves behind.
 *
 * It is born `filling`: its breaker has not closed yet, and whatever arrives waits. When the breaker closes, it is
 * `marking`: it reads the highest number accepted so far, the watermark, and how many rows up to it wait. Where none
 * does, it is `empty` at once. Otherwise it is `draining` until nothing up to the watermark waits any more; what
 * arrives later is no part of this outage. Then it is `verifying`: what ended must equal what was counted, and a
 * sample of receipts is read back. If that holds, it is `empty`.
 *
 * If it does not hold, it is `disputed`: a person is called, and only a person ends it, by accepting it. A further
 * outage passes over a dispute without ending it: when its own backlog is gone, the drain is `disputed` again.
 *
 * Whenever its breaker opens, it relapses to `filling`: the next closing brings a new watermark.
 */

export interface DrainGiven {
  readonly dependency: string;
}

export interface DrainInput {
  readonly given: DrainGiven;
  readonly at: number;
  readonly cause: Cause;
  /** The last fact that a fallen drain told: its dispute must not be forgotten. */
  readonly predecessor: DrainChanged | null;
}

export interface DrainContext extends Story<DrainGiven> {
  readonly watermark: number | null;
  readonly open: number | null;
  readonly markedAt: number | null;
  /** What the verification compares with; means nothing here. */
  readonly proof: string | null;
  readonly remainder: Remainder | null;
  readonly dispute: Dispute | null;
}

export type DrainEvent = BreakerChanged | DrainAccepted | Resume;

/** What a verification compares with. */
export interface Marked {
  readonly dependency: string;
  readonly watermark: number;
  readonly open: number;
  readonly markedAt: number;
  readonly proof: string;
}

const name = ({ given }: DrainContext) => `drain:${given.dependency}`;

const marked = ({ given, watermark, open, markedAt, proof, since }: DrainContext): Marked => ({
  dependency: given.dependency,
  watermark: watermark ?? 0,
  open: open ?? 0,
  markedAt: markedAt ?? since,
  proof: proof ?? "",
});

const passes = ({ state }: BreakerChanged) => state === "closed" || state === "disabled";

const tell = <State extends DrainState>(state: State) => ({ type: "tell", params: { state } }) as const;

export const drainMachine = setup({
  types: { context: typed<DrainContext>(), events: typed<DrainEvent>(), input: typed<DrainInput>() },
  actors: {
    readWatermark: io<WatermarkRead, { dependency: string }>(),
    emptied: io<BacklogEmptied, Marked>(),
    verify: io<ActionOutcome, Marked>(),
  },
  guards: {
    closed: ({ event }) => event.type === "breaker.changed" && passes(event),
    lost: ({ event }) => event.type === "breaker.changed" && !passes(event),
    nothingWaiting: ({ context }, { open }: WatermarkRead) => open === 0 && context.dispute === null,
    nothingWaitingButDisputed: (_, { open }: WatermarkRead) => open === 0,
    verified: ({ context }, { ok }: ActionOutcome) => ok && context.dispute === null,
    verifiedButDisputed: (_, { ok }: ActionOutcome) => ok,
  },
  actions: {
    note: assign(({ event }) => ({ since: event.at, cause: event.cause })),
    mark: assign(({ context }, { at, watermark, open, proof }: WatermarkRead) => ({
      since: at,
      markedAt: at,
      watermark,
      open,
      proof,
      remainder: null,
      cause: because(
        { actor: name(context), what: open === 0 ? "nothing waits" : `${open} waiting`, values: { open, watermark } },
        context.cause,
      ),
    })),
    noteEmptied: assign(({ context }, { at, remainder }: BacklogEmptied) => ({
      since: at,
      remainder,
      cause: because(
        { actor: name(context), what: "nothing up to the watermark waits", values: { ...remainder } },
        context.cause,
      ),
    })),
    noteVerified: assign(({ context }, { at, detail }: ActionOutcome) => ({
      since: at,
      cause: because({ actor: name(context), what: `verified: ${detail}` }, context.cause),
    })),
    dispute: assign(({ context }, { at, detail }: ActionOutcome) => ({
      since: at,
      dispute: { at, watermark: context.watermark ?? 0, detail },
      cause: because({ actor: name(context), what: `its verification failed: ${detail}` }, context.cause),
    })),
    accept: assign({ dispute: null }),
    tell: sendTo(
      root,
      ({ context, event }, { state }: { state: DrainState }): DrainChanged => ({
        type: "drain.changed",
        at: timeOf(event, context.since),
        cause: context.cause,
        dependency: context.given.dependency,
        state,
        since: context.since,
        watermark: context.watermark,
        open: context.open,
        remainder: context.remainder,
        dispute: context.dispute,
      }),
    ),
    callPerson: sendTo(
      root,
      ({ context, event }): PageWanted => ({
        type: "page.wanted",
        at: timeOf(event, context.since),
        cause: context.cause,
        subject: name(context),
      }),
    ),
  },
}).createMachine({
  id: "drain",
  context: ({ input: { given, at, cause, predecessor } }) => ({
    given,
    since: at,
    cause,
    watermark: null,
    open: null,
    markedAt: null,
    proof: null,
    remainder: null,
    dispute: predecessor?.dispute ?? null,
  }),
  initial: "filling",
  on: { "drain.accept": { actions: "accept" } },
  states: {
    filling: {
      description: "Its breaker is not closed: what arrives waits.",
      entry: tell("filling"),
      on: {
        "breaker.changed": { guard: "closed", target: "marking", actions: "note" },
        resume: { target: "filling", reenter: true },
      },
    },

    marking: {
      description: "Reads the watermark, and how much waits up to it.",
      entry: tell("marking"),
      invoke: {
        src: "readWatermark",
        input: ({ context }) => ({ dependency: context.given.dependency }),
        onDone: [
          {
            guard: { type: "nothingWaiting", params: ({ event }) => event.output },
            target: "empty",
            actions: { type: "mark", params: ({ event }) => event.output },
          },
          {
            guard: { type: "nothingWaitingButDisputed", params: ({ event }) => event.output },
            target: "disputed",
            actions: { type: "mark", params: ({ event }) => event.output },
          },
          { target: "draining", actions: { type: "mark", params: ({ event }) => event.output } },
        ],
      },
      on: {
        "breaker.changed": { guard: "lost", target: "filling", actions: "note" },
        resume: { target: "marking", reenter: true },
      },
    },

    draining: {
      description: "The backlog is served; waits until nothing up to the watermark is left.",
      entry: tell("draining"),
      invoke: {
        src: "emptied",
        input: ({ context }) => marked(context),
        onDone: { target: "verifying", actions: { type: "noteEmptied", params: ({ event }) => event.output } },
      },
      on: {
        "breaker.changed": { guard: "lost", target: "filling", actions: "note" },
        resume: { target: "draining", reenter: true },
      },
    },

    verifying: {
      description: "Compares what ended with what was counted, and reads a sample of receipts back.",
      entry: tell("verifying"),
      invoke: {
        src: "verify",
        input: ({ context }) => marked(context),
        onDone: [
          {
            guard: { type: "verified", params: ({ event }) => event.output },
            target: "empty",
            actions: { type: "noteVerified", params: ({ event }) => event.output },
          },
          {
            guard: { type: "verifiedButDisputed", params: ({ event }) => event.output },
            target: "disputed",
            actions: { type: "noteVerified", params: ({ event }) => event.output },
          },
          { target: "disputed", actions: { type: "dispute", params: ({ event }) => event.output } },
        ],
      },
      on: {
        "breaker.changed": { guard: "lost", target: "filling", actions: "note" },
        resume: { target: "verifying", reenter: true },
      },
    },

    empty: {
      description: "Nothing of an outage waits.",
      entry: tell("empty"),
      on: {
        "breaker.changed": { guard: "lost", target: "filling", actions: "note" },
        resume: { target: "empty", reenter: true },
      },
    },

    disputed: {
      description: "Its verification failed; a person was called and has to accept it.",
      entry: [tell("disputed"), "callPerson"],
      on: {
        "drain.accept": { target: "empty", actions: ["accept", "note"] },
        "breaker.changed": { guard: "lost", target: "filling", actions: "note" },
        resume: { target: "disputed", reenter: true },
      },
    },
  },
});
