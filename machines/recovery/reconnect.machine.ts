import { assign, sendTo, setup } from "xstate";
import type { BreakerChanged, ProbeWanted } from "../contracts/breaker-events.ts";
import type { Cause } from "../contracts/cause.ts";
import type { ActionOutcome } from "../contracts/recovery-events.ts";
import { because, io, PROVIDED, root, type Story, timeOf, typed } from "../kit.ts";

/*
 * Reconnect is the remedy for connections that stay broken although the dependency is back: names that resolve
 * elsewhere now, a pool full of dead sockets, credentials that changed.
 *
 * It is `rebuilding` while every connection is thrown away and built anew. Then it is `awaiting_probe`: it asks the
 * breaker for a probe, since only that may close, and watches what comes of it. When the breaker closes, it is
 * `connected`. When a probe on the new connections fails, or none comes in time, it has `failed`. A probe that was
 * under way while we rebuilt says nothing about the new connections: it asks again. Where the breaker is closed all the
 * while, because calls fail too seldom to open it, there is nothing to probe: whether the new connections are better,
 * its incident will see.
 *
 * Its incident invokes it and passes on what the breaker tells.
 */

export interface ReconnectGiven {
  readonly dependency: string;
  /** How long to wait for a probe. */
  readonly timeoutMs: number;
}

export interface ReconnectInput {
  readonly given: ReconnectGiven;
  readonly at: number;
  readonly cause: Cause;
  /** The breaker is closed already. */
  readonly closed: boolean;
}

export interface ReconnectContext extends Story<ReconnectGiven> {
  readonly rebuiltAt: number;
  /** The breaker, as last heard of. */
  readonly closed: boolean;
  readonly deadline: number;
  readonly ok: boolean;
  readonly detail: string;
}

const name = ({ given }: ReconnectContext) => `reconnect:${given.dependency}`;

const isPassing = (event: BreakerChanged) => event.state === "closed" || event.state === "disabled";
const isUnclosed = (event: BreakerChanged) => !isPassing(event) && event.state !== "probing";

export const reconnectMachine = setup({
  types: {
    context: typed<ReconnectContext>(),
    events: typed<BreakerChanged>(),
    input: typed<ReconnectInput>(),
    output: typed<ActionOutcome>(),
  },
  actors: { rebuild: io<ActionOutcome, { dependency: string }>() },
  delays: { untilDeadline: PROVIDED },
  guards: {
    failed: (_, { ok }: ActionOutcome) => !ok,
    closedAllTheWhile: ({ context }) => context.closed,
    closed: ({ event }) => isPassing(event),
    probedBefore: ({ context, event }) => isUnclosed(event) && (event.probedAt ?? 0) < context.rebuiltAt,
    probedInVain: ({ event }) => isUnclosed(event),
  },
  actions: {
    noteRebuilt: assign(({ context }, { at, detail }: ActionOutcome) => ({
      since: at,
      rebuiltAt: at,
      deadline: at + context.given.timeoutMs,
      cause: because({ actor: name(context), what: `connections were built anew: ${detail}` }, context.cause),
    })),
    hear: assign(({ event }) => ({ closed: isPassing(event) })),
    noteUnasked: assign(({ context }, { at, detail }: ActionOutcome) => ({
      since: at,
      ok: true,
      detail: `${detail}; the breaker is closed`,
      cause: because({ actor: name(context), what: `connections were built anew: ${detail}` }, context.cause),
    })),
    noteFailed: assign(({ context }, { at, detail }: ActionOutcome) => ({
      since: at,
      ok: false,
      detail,
      cause: because({ actor: name(context), what: `connections could not be built anew: ${detail}` }, context.cause),
    })),
    noteClosed: assign(({ event }) => ({
      since: event.at,
      cause: event.cause,
      ok: true,
      detail: "the breaker closed",
    })),
    noteInVain: assign(({ event }) => ({
      since: event.at,
      cause: event.cause,
      ok: false,
      detail: `a probe on new connections failed: ${event.lastFailure?.code ?? event.state}`,
    })),
    noteTooLate: assign(({ context }) => {
      const detail = `no probe succeeded within ${context.given.timeoutMs} ms`;
      return {
        since: context.deadline,
        ok: false,
        detail,
        cause: because({ actor: name(context), what: detail }, context.cause),
      };
    }),
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
  id: "reconnect",
  context: ({ input: { given, at, cause, closed } }) => ({
    given,
    since: at,
    cause,
    rebuiltAt: at,
    closed,
    deadline: at,
    ok: false,
    detail: "",
  }),
  output: ({ context: { since, ok, detail } }) => ({ at: since, ok, detail }),
  initial: "rebuilding",
  states: {
    rebuilding: {
      description: "Throws every connection away and builds them anew.",
      invoke: {
        src: "rebuild",
        input: ({ context }) => ({ dependency: context.given.dependency }),
        onDone: [
          {
            guard: { type: "failed", params: ({ event }) => event.output },
            target: "failed",
            actions: { type: "noteFailed", params: ({ event }) => event.output },
          },
          {
            guard: "closedAllTheWhile",
            target: "connected",
            actions: { type: "noteUnasked", params: ({ event }) => event.output },
          },
          { target: "awaiting_probe", actions: { type: "noteRebuilt", params: ({ event }) => event.output } },
        ],
      },
      on: { "breaker.changed": { actions: "hear" } },
    },
    awaiting_probe: {
      description: "Has asked the breaker for a probe on the new connections.",
      entry: "askForProbe",
      after: { untilDeadline: { target: "failed", actions: "noteTooLate" } },
      on: {
        "breaker.changed": [
          { guard: "closed", target: "connected", actions: "noteClosed" },
          { guard: "probedBefore", target: "awaiting_probe", reenter: true },
          { guard: "probedInVain", target: "failed", actions: "noteInVain" },
        ],
      },
    },
    connected: { description: "The breaker closed on the new connections.", type: "final" },
    failed: { description: "New connections did not help.", type: "final" },
  },
});
