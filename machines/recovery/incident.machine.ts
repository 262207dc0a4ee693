import { type AnyActorLogic, assign, sendTo, setup } from "xstate";
import type { IncidentChanged, PageWanted } from "../contracts/recovery-events.ts";
import { because, PROVIDED, root, timeOf, typed } from "../kit.ts";
import {
  hears,
  type IncidentContext,
  type IncidentEvent,
  type IncidentInput,
  isRaised,
  name,
  type Remedy,
  remedy,
} from "./incident-context.ts";
import type { ReconnectInput } from "./reconnect.machine.ts";

/*
 * An incident owns the remedies for one condition. There is one per condition, always; most of the time it is `quiet`.
 *
 * When its condition is raised, it is `assessing`: a breaker heals most outages by probing alone, so it waits until a
 * remedy is due: several probes have failed, or a failure says that the connections themselves are suspect. Then it is
 * `attempting` the next rung of its ladder. The ladder for a lost dependency has one rung, `reconnecting`.
 *
 * A remedy that says it helped is not believed: the incident is `verifying` until the condition is gone. When it is,
 * and also when the remedy failed, it is `cooling_down`, so that remedies never follow each other closely. After that
 * it is `quiet`, or, if the condition is still or again raised, `assessing` or `attempting` as before.
 *
 * When the last attempt did not help, or when a person has to change something anyway, it is `paged`: a person was
 * called. It is `acknowledged` when one has taken over. Both end when the condition is gone, by whatever means.
 */

const tell = (step: string) => ({ type: "tell", params: { step } }) as const;

export const incidentMachine = setup({
  types: { context: typed<IncidentContext>(), events: typed<IncidentEvent>(), input: typed<IncidentInput>() },
  actors: { reconnect: typed<AnyActorLogic>() },
  delays: { untilDeadline: PROVIDED },
  guards: {
    raised: ({ event }) => event.type === "conditions.told" && event.raised.length > 0,
    cleared: ({ event }) => event.type === "conditions.told" && event.raised.length === 0,
    raisedStill: ({ context }) => context.raised,
    personNeeded: ({ context, event }) => isRaised(context, event) && hears(context, event).misconfigured,
    remedyDue: ({ context, event }) => isRaised(context, event) && hears(context, event).remedyDue,
    held: ({ event }) => event.type === "breaker.changed" && event.state === "forced_open",
    helped: (_, { helped }: Remedy) => helped,
    lastAttempt: ({ context }) => context.attempts + 1 >= context.given.maximumAttempts,
  },
  actions: {
    hear: assign(({ context, event }) => ({ raised: isRaised(context, event), ...hears(context, event) })),
    note: assign(({ event }) => ({
      since: event.at,
      cause: (event.type === "conditions.told" ? event.raised[0]?.cause : undefined) ?? event.cause,
    })),
    noteRemedy: assign(({ context }, { at, helped, detail }: Remedy) => ({
      since: at,
      cause: because(
        { actor: name(context), what: `reconnecting ${helped ? "helped" : "failed"}: ${detail}` },
        context.cause,
      ),
    })),
    noteDeadline: assign(({ context }, { what }: { what: string }) => ({
      since: context.deadline,
      cause: because({ actor: name(context), what }, context.cause),
    })),
    countAttempt: assign(({ context }) => ({ attempts: context.attempts + 1 })),
    forgetAttempts: assign({ attempts: 0 }),
    startVerifying: assign(({ context }) => ({ deadline: context.since + context.given.verifyMs })),
    startCooldown: assign(({ context }) => ({ deadline: context.since + context.given.cooldownMs })),
    /** Time is observed time here: a restart must not count downtime as a chance to get better. */
    extendVerifying: assign(({ context, event }) => ({
      deadline: context.deadline + (event.type === "resume" ? event.lostMs : 0),
    })),
    clampCooldown: assign(({ context, event }) => ({
      deadline: Math.min(context.deadline, event.at + context.given.cooldownMs),
    })),
    passOn: sendTo("reconnect", ({ event }) => event),
    tell: sendTo(
      root,
      ({ context, event }, { step }: { step: string }): IncidentChanged => ({
        type: "incident.changed",
        at: timeOf(event, context.since),
        cause: context.cause,
        condition: context.given.condition,
        step,
        since: context.since,
        attempts: context.attempts,
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
  id: "incident",
  context: ({ input: { given, at, cause, predecessor } }) => ({
    given,
    since: at,
    cause,
    attempts: predecessor?.attempts ?? 0,
    deadline: at,
    raised: false,
    remedyDue: false,
    misconfigured: false,
  }),
  initial: "quiet",
  states: {
    quiet: {
      description: "Its condition is not raised.",
      entry: tell("quiet"),
      on: {
        "conditions.told": [
          { guard: "personNeeded", target: "paged", actions: ["hear", "note"] },
          { guard: "remedyDue", target: "attempting", actions: ["hear", "note"] },
          { guard: "raised", target: "assessing", actions: ["hear", "note"] },
          { actions: "hear" },
        ],
        "breaker.changed": { actions: "hear" },
        resume: { target: "quiet", reenter: true },
      },
    },

    assessing: {
      description: "Its condition is raised; whoever owns it may yet heal it alone.",
      entry: tell("assessing"),
      on: {
        "breaker.changed": [
          { guard: "personNeeded", target: "paged", actions: ["hear", "note"] },
          { guard: "remedyDue", target: "attempting", actions: ["hear", "note"] },
          { actions: "hear" },
        ],
        "conditions.told": [
          { guard: "cleared", target: "quiet", actions: ["hear", "note", "forgetAttempts"] },
          { actions: "hear" },
        ],
        resume: { target: "assessing", reenter: true },
      },
    },

    attempting: {
      description: "A remedy is at work.",
      initial: "reconnecting",
      states: {
        reconnecting: {
          description: "The one rung for a lost dependency: connections are built anew.",
          entry: tell("attempting.reconnecting"),
          invoke: {
            src: "reconnect",
            id: "reconnect",
            input: ({ context, event }: { context: IncidentContext; event: object }): ReconnectInput => ({
              given: { dependency: context.given.condition.dependency, timeoutMs: context.given.reconnectTimeoutMs },
              at: timeOf(event, context.since),
              cause: context.cause,
            }),
            onDone: [
              {
                guard: { type: "helped", params: remedy },
                target: "#incident.verifying",
                actions: [{ type: "noteRemedy", params: remedy }, "startVerifying"],
              },
              {
                guard: "lastAttempt",
                target: "#incident.paged",
                actions: [{ type: "noteRemedy", params: remedy }, "countAttempt"],
              },
              {
                target: "#incident.cooling_down",
                actions: [{ type: "noteRemedy", params: remedy }, "countAttempt", "startCooldown"],
              },
            ],
          },
          on: { resume: { target: "reconnecting", reenter: true } },
        },
      },
      on: {
        "breaker.changed": [
          { guard: "personNeeded", target: "paged", actions: ["hear", "note"] },
          { guard: "held", target: "assessing", actions: ["hear", "note"] },
          { actions: ["hear", "passOn"] },
        ],
        "conditions.told": [
          { guard: "cleared", target: "cooling_down", actions: ["hear", "note", "startCooldown"] },
          { actions: "hear" },
        ],
      },
    },

    verifying: {
      description: "The remedy said it helped; waits until the condition is gone.",
      entry: tell("verifying"),
      after: {
        untilDeadline: [
          {
            guard: "lastAttempt",
            target: "paged",
            actions: [
              { type: "noteDeadline", params: { what: "the condition stayed although the remedy had helped" } },
              "countAttempt",
            ],
          },
          {
            target: "cooling_down",
            actions: [
              { type: "noteDeadline", params: { what: "the condition stayed although the remedy had helped" } },
              "countAttempt",
              "startCooldown",
            ],
          },
        ],
      },
      on: {
        "conditions.told": [
          { guard: "cleared", target: "cooling_down", actions: ["hear", "note", "startCooldown"] },
          { actions: "hear" },
        ],
        "breaker.changed": { actions: "hear" },
        resume: { target: "verifying", reenter: true, actions: "extendVerifying" },
      },
    },

    cooling_down: {
      description: "Rests, so that remedies never follow each other closely.",
      entry: tell("cooling_down"),
      after: {
        untilDeadline: [
          {
            guard: "personNeeded",
            target: "paged",
            actions: { type: "noteDeadline", params: { what: "only a person can help" } },
          },
          {
            guard: "remedyDue",
            target: "attempting",
            actions: { type: "noteDeadline", params: { what: "a remedy is due and the last one is long ago" } },
          },
          {
            guard: "raisedStill",
            target: "assessing",
            actions: { type: "noteDeadline", params: { what: "its condition is raised after the rest" } },
          },
          {
            target: "quiet",
            actions: [{ type: "noteDeadline", params: { what: "its condition stayed away" } }, "forgetAttempts"],
          },
        ],
      },
      on: {
        "conditions.told": { actions: "hear" },
        "breaker.changed": { actions: "hear" },
        resume: { target: "cooling_down", reenter: true, actions: "clampCooldown" },
      },
    },

    paged: {
      description: "A person was called: remedies are used up, or only a person can help.",
      entry: [tell("paged"), "callPerson"],
      on: {
        "page.acknowledge": { target: "acknowledged", actions: "note" },
        "conditions.told": [
          { guard: "cleared", target: "cooling_down", actions: ["hear", "note", "startCooldown"] },
          { actions: "hear" },
        ],
        "breaker.changed": { actions: "hear" },
        resume: { target: "paged", reenter: true },
      },
    },

    acknowledged: {
      description: "A person has taken over.",
      entry: tell("acknowledged"),
      on: {
        "conditions.told": [
          { guard: "cleared", target: "cooling_down", actions: ["hear", "note", "startCooldown"] },
          { actions: "hear" },
        ],
        "breaker.changed": { actions: "hear" },
        resume: { target: "acknowledged", reenter: true },
      },
    },
  },
});
