import { type AnyActorLogic, enqueueActions, sendTo, setup } from "xstate";
import type { Cause } from "./contracts/cause.ts";
import type { ActorFallen, ActorSettled, ActorStarted } from "./contracts/lifecycle-events.ts";
import type { PageWanted } from "./contracts/recovery-events.ts";
import { isCrash, nameError } from "./contain-errors.ts";
import { root, type Story, timeOf, typed } from "./kit.ts";

/*
 * The supervisor keeps every other machine alive, each for itself: the crashes of one never stop a sibling.
 *
 * It is always `supervising`. When a child falls, it says so at once, since nobody owns the child's facts from then
 * on. After a pause it starts a fresh one, never the snapshot that killed the last. The pause doubles with each fall
 * that comes soon after a start, up to a longest one. Beyond the limit of falls it calls a person, and goes on trying.
 * A child that has lived for a while has settled, and its falls are forgotten.
 *
 * It has no record: after a restart of the process everybody gets a new chance.
 */

export interface ChildSpec {
  readonly id: string;
  /** As it was when the last process ended, or newborn. */
  readonly first: AnyActorLogic;
  /** After a fall: newborn, with what its predecessor alone knew. */
  readonly fresh: AnyActorLogic;
}

export interface SupervisionRules {
  readonly initialPauseMs: number;
  readonly maximumPauseMs: number;
  readonly maximumFalls: number;
  /** A child that lives this long has settled. */
  readonly windowMs: number;
}

export interface SupervisorGiven {
  readonly children: readonly ChildSpec[];
  readonly rules: SupervisionRules;
  /** Start everyone fresh, and say so: the supervisor itself has fallen. */
  readonly afterFall: boolean;
}

export interface SupervisorInput {
  readonly given: SupervisorGiven;
  readonly at: number;
  readonly cause: Cause;
}

export interface SupervisorContext extends Story<SupervisorGiven> {
  /** Falls in a row of those that have not settled. */
  readonly falls: Readonly<Record<string, number>>;
}

interface RestartDue {
  readonly type: "restart.due";
  readonly id: string;
  readonly at: number;
  readonly cause: Cause;
}

interface SettledDue {
  readonly type: "settled.due";
  readonly id: string;
  readonly at: number;
  readonly cause: Cause;
}

/** XState's word for a child that ended, or threw before its first step. */
interface ChildEnded {
  readonly type: `xstate.done.actor.${string}` | `xstate.error.actor.${string}`;
  readonly actorId: string;
  readonly output?: unknown;
  readonly error?: unknown;
}

export type SupervisorEvent = RestartDue | SettledDue | ChildEnded;

/** How long to wait after the n-th fall in a row. */
export const pauseAfter = (falls: number, { initialPauseMs, maximumPauseMs }: SupervisionRules): number =>
  Math.min(maximumPauseMs, initialPauseMs * 2 ** Math.min(falls - 1, 30));

/** Unless it falls before. */
const settleLater = (
  { id, at, cause }: { readonly id: string; readonly at: number; readonly cause: Cause },
  { windowMs }: SupervisionRules,
  enqueue: { raise(event: SettledDue, options: { id: string; delay: number }): void },
) => enqueue.raise({ type: "settled.due", id, at: at + windowMs, cause }, { id: `settled:${id}`, delay: windowMs });

export const supervisorMachine = setup({
  types: { context: typed<SupervisorContext>(), events: typed<SupervisorEvent>(), input: typed<SupervisorInput>() },
  // Children are logic, not names: what they are is none of the supervisor's business.
  actors: typed<Record<string, AnyActorLogic>>(),
  actions: {
    startEveryone: enqueueActions(({ context: { given, since, cause }, enqueue }) => {
      for (const { id, first, fresh } of given.children) {
        enqueue.spawnChild(given.afterFall ? fresh : first, { id, systemId: id });
        if (!given.afterFall) continue;
        enqueue.sendTo(root, { type: "actor.started", at: since, cause, id } satisfies ActorStarted);
        settleLater({ id, at: since, cause }, given.rules, enqueue);
      }
    }),
    mourn: enqueueActions(({ context, event, enqueue }) => {
      if (!("actorId" in event)) return;
      const id = event.actorId;
      const { rules } = context.given;
      const falls = (context.falls[id] ?? 0) + 1;
      const pauseMs = pauseAfter(falls, rules);
      const givenUp = falls > rules.maximumFalls;
      const error = isCrash(event.output) ? event.output.crashed : event.error;
      const at = timeOf(event, context.since);
      const cause: Cause = {
        actor: id,
        what: `it crashed: ${nameError(error)}`,
        values: { falls, limit: rules.maximumFalls, pauseMs },
      };
      enqueue.assign({ since: at, cause, falls: { ...context.falls, [id]: falls } });
      enqueue.stopChild(id);
      enqueue.cancel(`settled:${id}`);
      enqueue.sendTo(root, { type: "actor.fallen", at, cause, id, falls, givenUp } satisfies ActorFallen);
      // Once per row of falls: who was called need not be called again for the same.
      if (falls === rules.maximumFalls + 1)
        enqueue.sendTo(root, { type: "page.wanted", at, cause, subject: id } satisfies PageWanted);
      enqueue.raise({ type: "restart.due", id, at: at + pauseMs, cause }, { id: `restart:${id}`, delay: pauseMs });
    }),
    startFresh: enqueueActions(({ context: { given }, event, enqueue }) => {
      if (event.type !== "restart.due") return;
      const { id, at, cause } = event;
      const child = given.children.find((spec) => spec.id === id);
      if (child === undefined) return;
      enqueue.assign({ since: at });
      enqueue.spawnChild(child.fresh, { id, systemId: id });
      enqueue.sendTo(root, { type: "actor.started", at, cause, id } satisfies ActorStarted);
      settleLater({ id, at, cause }, given.rules, enqueue);
    }),
    forget: enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== "settled.due") return;
      const { [event.id]: _, ...falls } = context.falls;
      enqueue.assign({ falls });
    }),
    tellSettled: sendTo(root, ({ event }): ActorSettled => {
      if (event.type !== "settled.due") throw new TypeError(`not a settling: ${event.type}`);
      const { id, at, cause } = event;
      return { type: "actor.settled", at, cause, id };
    }),
  },
}).createMachine({
  id: "supervisor",
  context: ({ input: { given, at, cause } }) => ({ given, since: at, cause, falls: {} }),
  initial: "supervising",
  states: {
    supervising: {
      description: "Everyone lives, or waits out the pause after a fall.",
      entry: "startEveryone",
      on: {
        "xstate.done.actor.*": { actions: "mourn" },
        "xstate.error.actor.*": { actions: "mourn" },
        "restart.due": { actions: "startFresh" },
        "settled.due": { actions: ["forget", "tellSettled"] },
      },
    },
  },
});
