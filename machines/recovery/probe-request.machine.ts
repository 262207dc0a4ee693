import { assign, sendTo, setup } from "xstate";
import type { BreakerChanged, ProbeWanted } from "../contracts/breaker-events.ts";
import type { Cause } from "../contracts/cause.ts";
import type { ActionOutcome } from "../contracts/recovery-events.ts";
import { because, PROVIDED, root, type Story, timeOf, typed } from "../kit.ts";

/*
 * A probe request is the mildest remedy for a dependency that fails: nobody closes a breaker but the breaker, and it
 * may be in a long break while its dependency is back.
 *
 * It is `asking` until a probe that began after it asked has ended. When the breaker closes, it was `answered`. When
 * the probe fails, none comes in time, or there is nothing to ask because the breaker is closed, it has `failed`. A
 * probe that was under way before says nothing about now: it asks again.
 *
 * Its incident invokes it and passes on what the breaker tells.
 */

export interface ProbeRequestGiven {
  readonly dependency: string;
  /** How long to wait for a probe. */
  readonly timeoutMs: number;
}

export interface ProbeRequestInput {
  readonly given: ProbeRequestGiven;
  readonly at: number;
  readonly cause: Cause;
  /** The breaker is closed already. */
  readonly closed: boolean;
}

export interface ProbeRequestContext extends Story<ProbeRequestGiven> {
  readonly askedAt: number;
  readonly deadline: number;
  readonly ok: boolean;
  /** Why it failed, should nobody answer. */
  readonly detail: string;
}

const name = ({ given }: ProbeRequestContext) => `probe_request:${given.dependency}`;

const isPassing = ({ state }: BreakerChanged) => state === "closed" || state === "disabled";
const isUnclosed = (event: BreakerChanged) => !isPassing(event) && event.state !== "probing";

export const probeRequestMachine = setup({
  types: {
    context: typed<ProbeRequestContext>(),
    events: typed<BreakerChanged>(),
    input: typed<ProbeRequestInput>(),
    output: typed<ActionOutcome>(),
  },
  delays: { untilDeadline: PROVIDED },
  guards: {
    closed: ({ event }) => isPassing(event),
    probedBefore: ({ context, event }) => isUnclosed(event) && (event.probedAt ?? 0) < context.askedAt,
    probedInVain: ({ event }) => isUnclosed(event),
  },
  actions: {
    noteClosed: assign(({ event }) => ({
      since: event.at,
      cause: event.cause,
      ok: true,
      detail: "the breaker closed",
    })),
    noteInVain: assign(({ event }) => ({
      since: event.at,
      cause: event.cause,
      detail: `the probe failed: ${event.lastFailure?.code ?? event.state}`,
    })),
    noteTooLate: assign(({ context }) => ({
      since: context.deadline,
      cause: because({ actor: name(context), what: context.detail }, context.cause),
    })),
    askForProbe: sendTo(
      root,
      ({ context, event }): ProbeWanted => ({
        type: "probe.wanted",
        at: timeOf(event, context.since),
        cause: context.cause,
        dependency: context.given.dependency,
      }),
    ),
  },
}).createMachine({
  id: "probe_request",
  context: ({ input: { given, at, cause, closed } }) => ({
    given,
    since: at,
    cause,
    askedAt: at,
    deadline: closed ? at : at + given.timeoutMs,
    ok: false,
    detail: closed ? "its breaker is closed: there is nothing to ask" : `no probe ended within ${given.timeoutMs} ms`,
  }),
  output: ({ context: { since, ok, detail } }) => ({ at: since, ok, detail }),
  initial: "asking",
  states: {
    asking: {
      description: "Has asked the breaker for a probe.",
      entry: "askForProbe",
      after: { untilDeadline: { target: "failed", actions: "noteTooLate" } },
      on: {
        "breaker.changed": [
          { guard: "closed", target: "answered", actions: "noteClosed" },
          { guard: "probedBefore", target: "asking", reenter: true },
          { guard: "probedInVain", target: "failed", actions: "noteInVain" },
        ],
      },
    },
    answered: { description: "The breaker closed.", type: "final" },
    failed: { description: "The dependency is not back, as far as anybody knows.", type: "final" },
  },
});
