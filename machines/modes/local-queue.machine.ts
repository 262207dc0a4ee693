import { assign, sendTo, setup } from "xstate";
import type { Cause } from "../contracts/cause.ts";
import type { ConditionsTold } from "../contracts/conditions.ts";
import type { Resume } from "../contracts/lifecycle-events.ts";
import type { Contribution, ModeChanged } from "../contracts/mode-events.ts";
import type { DrainChanged } from "../contracts/recovery-events.ts";
import { root, type Story, timeOf, typed } from "../kit.ts";

/*
 * Local queue: operations of a lost dependency wait on disk, those of the others run. One actor per dependency, one
 * mode in the status.
 *
 * It is `dormant` until its dependency's condition is raised. Then it is `queueing`. It asks for nothing there: the
 * breaker already queues, and a second `queue` would outlive the first. When the condition is gone, it is `draining`:
 * the backlog keeps its share of the concurrency limit, until the drain is through. If the dependency is lost again
 * meanwhile, it is `queueing` again.
 *
 * From `dormant` it is `draining` when the drain finds a backlog that an earlier process left.
 */

export interface LocalQueueGiven {
  readonly dependency: string;
}

export interface LocalQueueInput {
  readonly given: LocalQueueGiven;
  readonly at: number;
  readonly cause: Cause;
  /** The last fact that a fallen one told: it goes on where that was. */
  readonly predecessor: ModeChanged | null;
}

export interface LocalQueueContext extends Story<LocalQueueGiven> {
  /** The drain, as last heard of: it holds no backlog. */
  readonly drained: boolean;
}

/** What each step asks of the policy; null: the mode is not in force. */
const steps = {
  dormant: null,
  queueing: {},
  draining: { backlogShare: 0.25 },
} as const satisfies Record<string, Contribution | null>;

type Step = keyof typeof steps;

const isThrough = ({ state }: DrainChanged) => state === "empty" || state === "disputed";

const tell = <S extends Step>(step: S) => ({ type: "tell", params: { step } }) as const;

export const localQueueMachine = setup({
  types: {
    context: typed<LocalQueueContext>(),
    events: typed<ConditionsTold | DrainChanged | Resume>(),
    input: typed<LocalQueueInput>(),
  },
  guards: {
    lost: ({ event }) => event.type === "conditions.told" && event.raised.length > 0,
    back: ({ event }) => event.type === "conditions.told" && event.raised.length === 0,
    backAndDrained: ({ context, event }) =>
      event.type === "conditions.told" && event.raised.length === 0 && context.drained,
    drained: ({ event }) => event.type === "drain.changed" && isThrough(event),
    leftFromBefore: ({ event }) =>
      event.type === "drain.changed" && (event.state === "draining" || event.state === "verifying"),
  },
  actions: {
    note: assign(({ event }) => ({ since: event.at, cause: event.cause })),
    /** Lost: why is the condition's own cause, not that of the telling, which may be about another one. */
    noteLost: assign(({ event }) => {
      const first = event.type === "conditions.told" ? event.raised[0] : undefined;
      return { since: event.at, cause: first?.cause ?? event.cause };
    }),
    hear: assign(({ context, event }) => ({
      drained: event.type === "drain.changed" ? isThrough(event) : context.drained,
    })),
    tell: sendTo(
      root,
      ({ context, event }, { step }: { step: Step }): ModeChanged => ({
        type: "mode.changed",
        at: timeOf(event, context.since),
        cause: context.cause,
        id: `local_queue:${context.given.dependency}`,
        mode: "local_queue",
        dependency: context.given.dependency,
        step,
        since: context.since,
        inForce: steps[step] !== null,
        contribution: steps[step] ?? {},
      }),
    ),
  },
}).createMachine({
  id: "local_queue",
  context: ({ input: { given, at, cause, predecessor } }) => ({
    given,
    since: at,
    cause: predecessor?.inForce ? predecessor.cause : cause,
    drained: false,
  }),
  initial: "dormant",
  on: { "drain.changed": { actions: "hear" } },
  states: {
    dormant: {
      description: "Its dependency is there, and no backlog of an outage waits.",
      entry: tell("dormant"),
      on: {
        "conditions.told": { guard: "lost", target: "queueing", actions: "noteLost" },
        "drain.changed": [
          { guard: "leftFromBefore", target: "draining", actions: ["note", "hear"] },
          { actions: "hear" },
        ],
        resume: { target: "dormant", reenter: true },
      },
    },
    queueing: {
      description: "Its dependency is lost: operations that can wait do so on disk.",
      entry: tell("queueing"),
      on: {
        "conditions.told": [
          { guard: "backAndDrained", target: "dormant", actions: "note" },
          { guard: "back", target: "draining", actions: "note" },
        ],
        resume: { target: "queueing", reenter: true },
      },
    },
    draining: {
      description: "Its dependency is back: the backlog is served beside what arrives, with a share of its own.",
      entry: tell("draining"),
      on: {
        "conditions.told": { guard: "lost", target: "queueing", actions: "noteLost" },
        "drain.changed": [{ guard: "drained", target: "dormant", actions: ["note", "hear"] }, { actions: "hear" }],
        resume: { target: "draining", reenter: true },
      },
    },
  },
});
