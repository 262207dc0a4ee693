import { type AnyActorLogic, assign, sendTo, setup } from "xstate";
import type { IncidentChanged, RemedyName } from "../contracts/recovery-events.ts";
import { because, PROVIDED, root, timeOf, typed } from "../kit.ts";
import {
  begun,
  bornFrom,
  breakerHeard,
  concluded,
  heard,
  type IncidentContext,
  type IncidentEvent,
  type IncidentInput,
  name,
  needOf,
  patience,
  rungOf,
} from "./incident-context.ts";
import { type Ended, ended } from "./remedy.ts";
import { forPage, forProbeRequest, forReconnect, forRelief, forRestart } from "./remedy-inputs.ts";

/*
 * An incident owns the remedies for one condition. There is one per condition, always; most of the time it is `quiet`.
 *
 * When its condition is raised, it is `assessing`: most conditions go by themselves, so it waits until a remedy is due,
 * as its ladder says: at once, or when the breaker of a lost dependency has probed in vain several times or suspects
 * the connections. Then it is `attempting` the next rung of its ladder: `asking_for_probe`, `reconnecting`,
 * `relieving_memory` or `restarting_worker`. The ladder of each condition is in ladders.ts.
 *
 * A remedy that says it helped is not believed: the incident is `verifying` until the condition is gone, and goes on so
 * while its trigger sees it going. When it is gone, and also when the remedy failed, it is `cooling_down`, so that
 * remedies never follow each other closely. After that it is `quiet`, or, if the condition is raised, `assessing`.
 *
 * When the last rung did not help, when no remedy can, when the condition lasts too long, or when a remedy is due and
 * auto recovery is off, it is `paged`: a person is called, again and again. It is `acknowledged` when one has taken
 * over. Both end when the condition is gone, by whatever means; and when auto recovery was the reason and is switched
 * on, it goes on `assessing`.
 */

const tell = (step: string) => ({ type: "tell", params: { step } }) as const;
const begin = (remedy: RemedyName) => ["noteNeed", { type: "begin", params: { remedy } }] as const;
const stayed = { type: "noteStayed", params: { what: "the condition stayed although the remedy had helped" } } as const;
const gone = { guard: "gone", target: "#incident.cooling_down", actions: ["hear", "note", "startCooldown"] } as const;

/** What becomes of a remedy that has ended. */
const judged = [
  {
    guard: { type: "helped", params: ended },
    target: "#incident.verifying",
    actions: [{ type: "noteHelped", params: ended }, "startVerifying"],
  },
  {
    guard: "lastRung",
    target: "#incident.paged",
    actions: [{ type: "noteFailed", params: ended }, "countAttempt"],
  },
  {
    target: "#incident.cooling_down",
    actions: [{ type: "noteFailed", params: ended }, "countAttempt", "startCooldown"],
  },
] as const;

export const incidentMachine = setup({
  types: { context: typed<IncidentContext>(), events: typed<IncidentEvent>(), input: typed<IncidentInput>() },
  actors: {
    probeRequest: typed<AnyActorLogic>(),
    reconnect: typed<AnyActorLogic>(),
    memoryRelief: typed<AnyActorLogic>(),
    workerRestart: typed<AnyActorLogic>(),
    page: typed<AnyActorLogic>(),
  },
  delays: { untilDeadline: PROVIDED },
  guards: {
    raised: ({ event }) => event.type === "conditions.told" && event.raised.length > 0,
    gone: ({ event }) => event.type === "conditions.told" && event.raised.length === 0,
    attemptsLeft: ({ context }) => context.attempts > 0,
    raisedStill: ({ context }) => context.raised,
    falling: ({ context }) => context.falling,
    suspect: ({ context, event }) => breakerHeard(context, event).suspect || breakerHeard(context, event).misconfigured,
    misconfigured: ({ context, event }) => breakerHeard(context, event).misconfigured,
    held: ({ context, event }) => breakerHeard(context, event).held,
    switchedOnAgain: ({ context, event }) =>
      context.heldBack && event.type === "auto_recovery.changed" && event.enabled,
    acknowledgedBefore: ({ context }) => needOf(context).need === "acknowledged",
    personNeeded: ({ context }) => needOf(context).need === "person",
    switchedOff: ({ context }) => needOf(context).need === "auto_recovery",
    probeDue: ({ context }) => needOf(context).need === "ask_for_probe",
    reconnectDue: ({ context }) => needOf(context).need === "reconnect",
    reliefDue: ({ context }) => needOf(context).need === "relieve_memory",
    restartDue: ({ context }) => needOf(context).need === "restart_worker",
    helped: (_, { helped }: Ended) => helped,
    crashed: (_, { crashed }: Ended) => crashed,
    lastRung: ({ context }) => context.attempts + 1 >= context.given.ladder.rungs.length,
  },
  actions: {
    hear: assign(({ context, event }) => heard(context, event)),
    note: assign(({ event }) => ({
      since: event.at,
      cause: (event.type === "conditions.told" ? event.raised[0]?.cause : undefined) ?? event.cause,
    })),
    noteNeed: assign(({ context }) => ({
      since: context.deadline,
      cause: because({ actor: name(context), what: needOf(context).why }, context.cause),
    })),
    noteDeadline: assign(({ context }, { what }: { what: string }) => ({
      since: context.deadline,
      cause: because({ actor: name(context), what }, context.cause),
    })),
    noteHelped: assign(({ context }, { at, detail }: Ended) => ({
      since: at,
      remedies: concluded(context.remedies, { result: "verifying", at, detail }),
      cause: because({ actor: name(context), what: `${remedyOf(context)} says it helped: ${detail}` }, context.cause),
    })),
    noteFailed: assign(({ context }, { at, detail }: Ended) => ({
      since: at,
      remedies: concluded(context.remedies, { result: "failed", at, detail }),
      cause: because({ actor: name(context), what: `${remedyOf(context)} failed: ${detail}` }, context.cause),
    })),
    noteStayed: assign(({ context }, { what }: { what: string }) => ({
      since: context.deadline,
      remedies: concluded(context.remedies, { result: "failed", at: context.deadline, detail: what }),
      cause: because({ actor: name(context), what }, context.cause),
    })),
    notePageCrashed: assign(({ context }, { at, detail }: Ended) => ({
      since: at,
      cause: because({ actor: name(context), what: `calling a person failed: ${detail}` }, context.cause),
    })),
    noteUnreachable: assign(({ context }, { detail }: Ended) => ({
      cause: because({ actor: name(context), what: detail }, context.cause),
    })),
    begin: assign(({ context }, { remedy }: { remedy: RemedyName }) => ({
      remedies: begun(context.remedies, remedy, context.since),
    })),
    believe: assign(({ context, event }) => ({
      remedies: concluded(context.remedies, { result: "helped", at: event.at }),
    })),
    giveUp: assign(({ context, event }) => ({
      remedies: concluded(context.remedies, { result: "overtaken", at: event.at, detail: event.cause.what }),
    })),
    countAttempt: assign(({ context }) => ({ attempts: context.attempts + 1 })),
    forgetAttempts: assign({ attempts: 0 }),
    holdBack: assign({ heldBack: true }),
    takeOver: assign({ acknowledged: true }),
    beginAnew: assign({ heldBack: false, acknowledged: false, personDueAt: null }),
    startAssessing: assign(({ context }) => patience(context, context.since)),
    waitOn: assign(({ context }) => patience(context, context.deadline)),
    startVerifying: assign(({ context }) => ({ deadline: context.since + context.given.verifyMs })),
    verifyOn: assign(({ context }) => ({ deadline: context.deadline + context.given.verifyMs })),
    startCooldown: assign(({ context }) => ({ deadline: context.since + context.given.cooldownMs })),
    /** Time is observed time here: a restart must not count downtime as a chance to get better. */
    leaveOutLostTime: assign(({ context, event }) => {
      const lostMs = event.type === "resume" ? event.lostMs : 0;
      const { deadline, personDueAt } = context;
      return { deadline: deadline + lostMs, personDueAt: personDueAt === null ? null : personDueAt + lostMs };
    }),
    clampCooldown: assign(({ context, event }) => ({
      deadline: Math.min(context.deadline, event.at + context.given.cooldownMs),
    })),
    passOn: sendTo("remedy", ({ event }) => event),
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
        rung: rungOf(context),
        remedies: context.remedies,
      }),
    ),
  },
}).createMachine({
  id: "incident",
  context: ({ input }) => bornFrom(input),
  initial: "quiet",
  on: {
    "conditions.told": { actions: "hear" },
    "breaker.changed": { actions: "hear" },
    "trigger.changed": { actions: "hear" },
    "auto_recovery.changed": { actions: "hear" },
  },
  states: {
    quiet: {
      description: "Its condition is not raised.",
      entry: tell("quiet"),
      on: {
        "conditions.told": [
          { guard: "raised", target: "assessing", actions: ["hear", "note", "startAssessing"] },
          // Inherited ones, of a condition that went while nobody listened.
          { guard: "attemptsLeft", target: "quiet", reenter: true, actions: ["hear", "forgetAttempts"] },
          { actions: "hear" },
        ],
        resume: { target: "quiet", reenter: true },
      },
    },

    assessing: {
      description: "Its condition is raised and may go by itself; waits until something is due.",
      entry: tell("assessing"),
      after: {
        untilDeadline: [
          { guard: "acknowledgedBefore", target: "acknowledged", actions: "noteNeed" },
          { guard: "personNeeded", target: "paged", actions: "noteNeed" },
          { guard: "switchedOff", target: "paged", actions: ["noteNeed", "holdBack"] },
          { guard: "probeDue", target: "attempting.asking_for_probe", actions: begin("ask_for_probe") },
          { guard: "reconnectDue", target: "attempting.reconnecting", actions: begin("reconnect") },
          { guard: "reliefDue", target: "attempting.relieving_memory", actions: begin("relieve_memory") },
          { guard: "restartDue", target: "attempting.restarting_worker", actions: begin("restart_worker") },
          { target: "assessing", reenter: true, actions: "waitOn" },
        ],
      },
      on: {
        "breaker.changed": [
          { guard: "suspect", target: "assessing", reenter: true, actions: ["hear", "note", "startAssessing"] },
          { actions: "hear" },
        ],
        "conditions.told": [
          { guard: "gone", target: "quiet", actions: ["hear", "note", "forgetAttempts"] },
          { actions: "hear" },
        ],
        resume: { target: "assessing", reenter: true, actions: "leaveOutLostTime" },
      },
    },

    attempting: {
      description: "A remedy is at work.",
      initial: "reconnecting",
      states: {
        asking_for_probe: {
          description: "Asks the breaker to look now whether its dependency is back.",
          entry: tell("attempting.asking_for_probe"),
          invoke: { src: "probeRequest", id: "remedy", input: forProbeRequest, onDone: judged },
          on: { resume: { target: "asking_for_probe", reenter: true } },
        },
        reconnecting: {
          description: "Connections are built anew.",
          entry: tell("attempting.reconnecting"),
          invoke: { src: "reconnect", id: "remedy", input: forReconnect, onDone: judged },
          on: { resume: { target: "reconnecting", reenter: true } },
        },
        relieving_memory: {
          description: "The service is asked to free memory.",
          entry: tell("attempting.relieving_memory"),
          invoke: { src: "memoryRelief", id: "remedy", input: forRelief, onDone: judged },
          on: { resume: { target: "relieving_memory", reenter: true } },
        },
        restarting_worker: {
          description: "The thread that writes the journal is started anew.",
          entry: tell("attempting.restarting_worker"),
          invoke: { src: "workerRestart", id: "remedy", input: forRestart, onDone: judged },
          on: { resume: { target: "restarting_worker", reenter: true } },
        },
      },
      on: {
        "breaker.changed": [
          { guard: "misconfigured", target: "paged", actions: ["hear", "note", "giveUp"] },
          { guard: "held", target: "assessing", actions: ["hear", "note", "giveUp", "startAssessing"] },
          { actions: ["hear", "passOn"] },
        ],
        "conditions.told": [{ ...gone, actions: [...gone.actions, "giveUp"] }, { actions: "hear" }],
      },
    },

    verifying: {
      description: "The remedy said it helped; waits until the condition is gone.",
      entry: tell("verifying"),
      after: {
        untilDeadline: [
          { guard: "falling", target: "verifying", reenter: true, actions: "verifyOn" },
          { guard: "lastRung", target: "paged", actions: [stayed, "countAttempt"] },
          { target: "cooling_down", actions: [stayed, "countAttempt", "startCooldown"] },
        ],
      },
      on: {
        "conditions.told": [{ ...gone, actions: [...gone.actions, "believe"] }, { actions: "hear" }],
        resume: { target: "verifying", reenter: true, actions: "leaveOutLostTime" },
      },
    },

    cooling_down: {
      description: "Rests, so that remedies never follow each other closely.",
      entry: tell("cooling_down"),
      after: {
        untilDeadline: [
          {
            guard: "raisedStill",
            target: "assessing",
            actions: [
              { type: "noteDeadline", params: { what: "its condition is raised after the rest" } },
              "startAssessing",
            ],
          },
          {
            target: "quiet",
            actions: [{ type: "noteDeadline", params: { what: "its condition stayed away" } }, "forgetAttempts"],
          },
        ],
      },
      on: { resume: { target: "cooling_down", reenter: true, actions: "clampCooldown" } },
    },

    paged: {
      description: "A person is called: remedies are used up, held back, or cannot help.",
      entry: tell("paged"),
      invoke: {
        src: "page",
        id: "page",
        input: forPage,
        onDone: [
          {
            guard: { type: "crashed", params: ended },
            target: "cooling_down",
            actions: [{ type: "notePageCrashed", params: ended }, "startCooldown"],
          },
          { actions: [{ type: "noteUnreachable", params: ended }, tell("paged")] },
        ],
      },
      on: {
        "page.acknowledge": { target: "acknowledged", actions: ["note", "takeOver"] },
        "auto_recovery.changed": [
          { guard: "switchedOnAgain", target: "assessing", actions: ["hear", "note", "beginAnew", "startAssessing"] },
          { actions: "hear" },
        ],
        "conditions.told": [gone, { actions: "hear" }],
        resume: { target: "paged", reenter: true },
      },
    },

    acknowledged: {
      description: "A person has taken over.",
      entry: tell("acknowledged"),
      on: {
        "auto_recovery.changed": [
          { guard: "switchedOnAgain", target: "assessing", actions: ["hear", "note", "beginAnew", "startAssessing"] },
          { actions: "hear" },
        ],
        "conditions.told": [gone, { actions: "hear" }],
        resume: { target: "acknowledged", reenter: true },
      },
    },
  },
});

function remedyOf({ remedies }: IncidentContext): string {
  return remedies.at(-1)?.remedy.replaceAll("_", " ") ?? "the remedy";
}
