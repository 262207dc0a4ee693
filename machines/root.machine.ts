import { type AnyActorLogic, type AnyActorRef, assign, enqueueActions, setup } from "xstate";
import { isCrash, nameError } from "./contain-errors.ts";
import type { AdmissionPolicy } from "./contracts/admission-policy.ts";
import type { Cause } from "./contracts/cause.ts";
import type { ControlReady, ControlStop } from "./contracts/lifecycle-events.ts";
import type { PageWanted } from "./contracts/recovery-events.ts";
import { type Command, type Fact, type Facts, noFacts, remember } from "./facts.ts";
import { type Story, timeOf, typed } from "./kit.ts";
import { mergeAdmissionPolicy } from "./merge-admission-policy.ts";
import { everythingFor, type Listener, type Message, messagesAbout } from "./routes.ts";
import { pauseAfter, type SupervisionRules } from "./supervisor.machine.ts";

/*
 * Root is where every fact goes. It keeps the last fact of each subject, merges the admission policy from them,
 * and passes them on by one table. It has no opinion on any of them.
 *
 * While `starting`, it only listens: restored machines tell what they hold one after the other, and half the truth
 * would make some of them act. When everyone has spoken, it is `running`: it begins by telling everyone everything.
 * From then on each fact goes into the policy first and to its listeners second. Whoever starts later is told all that
 * it would have heard. `stopped` is the end.
 *
 * Its one child is the supervisor. Should that fall, everybody below it is gone: root says so for each of them, which
 * makes every dependency queue, and starts a fresh supervisor after a pause that doubles.
 */

export interface RootGiven {
  readonly dependencies: readonly string[];
  readonly listeners: readonly Listener[];
  /** Every supervised id. */
  readonly cast: readonly string[];
  readonly supervisor: AnyActorLogic;
  readonly freshSupervisor: AnyActorLogic;
  readonly rules: SupervisionRules;
}

export interface RootInput {
  readonly given: RootGiven;
  readonly at: number;
  readonly cause: Cause;
}

export interface RootContext extends Story<RootGiven> {
  readonly facts: Facts;
  readonly revision: number;
  readonly supervisorFalls: number;
}

interface SupervisorEnded {
  readonly type: "xstate.done.actor.supervisor" | "xstate.error.actor.supervisor";
  readonly output?: unknown;
  readonly error?: unknown;
}

/** A pause is over: a fresh supervisor is due, or the last one has lived long enough for its falls to be forgotten. */
interface SupervisorDue {
  readonly type: "supervisor.due" | "supervisor.settled";
}

export type RootEvent = Fact | Command | PageWanted | ControlReady | ControlStop | SupervisorEnded | SupervisorDue;

const policyOf = ({ given, facts, revision, cause }: RootContext): AdmissionPolicy =>
  mergeAdmissionPolicy({ revision, dependencies: given.dependencies, facts, unknown: cause });

const isFact = (event: RootEvent): event is Fact =>
  "at" in event && !["page.wanted", "probe.wanted", "control.ready", "control.stop"].includes(event.type);

/** Into the policy first, to the listeners second: nobody hears of an open breaker before calls queue. */
const publish = {
  type: "publishPolicy",
  params: ({ context }: { context: RootContext }) => ({ policy: policyOf(context) }),
} as const;
const decide = { actions: ["remember", "growRevision", publish, "passOn"] } as const;
const note = { actions: ["remember", "passOn"] } as const;

export const rootMachine = setup({
  types: { context: typed<RootContext>(), events: typed<RootEvent>(), input: typed<RootInput>() },
  actors: typed<Record<string, AnyActorLogic>>(),
  actions: {
    /** Provided by src/control: swaps the reference that the data plane reads. */
    publishPolicy: (_, _policy: { readonly policy: AdmissionPolicy }) => {},
    /** Provided by src/control. */
    callPerson: (_, _page: { readonly page: PageWanted }) => {},

    startSupervisor: enqueueActions(({ context, enqueue }) => {
      enqueue.spawnChild(context.given.supervisor, { id: "supervisor", systemId: "supervisor" });
    }),
    remember: assign(({ context, event }) => ({
      facts: isFact(event) ? remember(context.facts, event) : context.facts,
    })),
    growRevision: assign(({ context }) => ({ revision: context.revision + 1 })),
    passOn: enqueueActions(({ context, event, enqueue, system }) => {
      if (isFact(event) || event.type === "probe.wanted")
        for (const message of messagesAbout(event, context.facts, context.given.listeners))
          deliver(message, system, enqueue);
    }),
    tellEveryone: enqueueActions(({ context, event, enqueue, system }) => {
      if (event.type !== "control.ready") return;
      for (const listener of context.given.listeners)
        for (const message of everythingFor(listener, context.facts, event)) deliver(message, system, enqueue);
    }),
    mournEveryone: assign(({ context, event }) => {
      const output = "output" in event ? event.output : undefined;
      const error = isCrash(output) ? output.crashed : "error" in event ? event.error : undefined;
      const at = timeOf(event, context.since);
      const falls = context.supervisorFalls + 1;
      const cause: Cause = { actor: "supervisor", what: `it crashed: ${nameError(error)}`, values: { falls } };
      const givenUp = falls > context.given.rules.maximumFalls;
      const facts = context.given.cast.reduce(
        (all, id) => remember(all, { type: "actor.fallen", at, cause, id, falls, givenUp }),
        context.facts,
      );
      return { facts, supervisorFalls: falls };
    }),
    restartSupervisorSoon: enqueueActions(({ context, event, enqueue }) => {
      enqueue.stopChild("supervisor");
      enqueue.cancel("supervisor.settled");
      const delay = pauseAfter(context.supervisorFalls, context.given.rules);
      enqueue.raise({ type: "supervisor.due" }, { id: "supervisor.due", delay });
      const cause = Object.values(context.facts.falls)[0]?.cause ?? context.cause;
      enqueue.raise({ type: "page.wanted", at: timeOf(event, context.since), cause, subject: "supervisor" });
    }),
    startFreshSupervisor: enqueueActions(({ context, enqueue }) => {
      enqueue.spawnChild(context.given.freshSupervisor, { id: "supervisor", systemId: "supervisor" });
      enqueue.raise({ type: "supervisor.settled" }, { id: "supervisor.settled", delay: context.given.rules.windowMs });
    }),
    forgetFalls: assign({ supervisorFalls: 0 }),
  },
}).createMachine({
  id: "root",
  context: ({ input: { given, at, cause } }) => ({
    given,
    since: at,
    cause,
    facts: noFacts,
    revision: 0,
    supervisorFalls: 0,
  }),
  initial: "starting",
  entry: "startSupervisor",
  on: {
    "control.stop": ".stopped",
    "page.wanted": {
      actions: { type: "callPerson", params: ({ event }) => ({ page: event }) },
    },
    "xstate.done.actor.supervisor": { actions: ["mournEveryone", "growRevision", publish, "restartSupervisorSoon"] },
    "xstate.error.actor.supervisor": { actions: ["mournEveryone", "growRevision", publish, "restartSupervisorSoon"] },
    "supervisor.due": { actions: "startFreshSupervisor" },
    "supervisor.settled": { actions: "forgetFalls" },
  },
  states: {
    starting: {
      description: "Collects what restored machines hold, and tells nobody.",
      on: {
        "breaker.changed": { actions: "remember" },
        "condition.raised": { actions: "remember" },
        "condition.cleared": { actions: "remember" },
        "mode.changed": { actions: "remember" },
        "drain.changed": { actions: "remember" },
        "incident.changed": { actions: "remember" },
        "trigger.changed": { actions: "remember" },
        "pin.changed": { actions: "remember" },
        "auto_recovery.changed": { actions: "remember" },
        "actor.fallen": { actions: "remember" },
        "actor.started": { actions: "remember" },
        "actor.settled": { actions: "remember" },
        "control.ready": { target: "running", actions: ["growRevision", publish, "tellEveryone"] },
      },
    },
    running: {
      description: "Merges every fact into the policy and passes it on.",
      on: {
        "breaker.changed": decide,
        "mode.changed": decide,
        "actor.fallen": decide,
        "actor.started": decide,
        "condition.raised": note,
        "condition.cleared": note,
        "drain.changed": note,
        "incident.changed": note,
        "trigger.changed": note,
        "pin.changed": decide,
        "auto_recovery.changed": note,
        "actor.settled": note,
        "probe.wanted": { actions: "passOn" },
      },
    },
    stopped: { description: "The runtime has stopped.", type: "final" },
  },
});

/** To whoever is there: an actor that is down is told everything when it starts. */
function deliver(
  { to, event }: Message,
  system: AnyActorRef["system"],
  enqueue: { sendTo(to: AnyActorRef, event: Message["event"]): void },
): void {
  const listener: AnyActorRef | undefined = system.get(to);
  if (listener !== undefined) enqueue.sendTo(listener, event);
}
