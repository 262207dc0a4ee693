import { assign, sendTo, setup } from "xstate";
import type { Cause } from "../contracts/cause.ts";
import type { Resume } from "../contracts/lifecycle-events.ts";
import type { ModeChanged, ModesTold } from "../contracts/mode-events.ts";
import { root, type Story, timeOf, typed } from "../kit.ts";

/*
 * Normal is the mode that is in force while no other is. It decides nothing and asks for nothing; it is here so that
 * "since when, and why, are we back to normal?" has an answer like every other mode's.
 *
 * It is `in_force` until it is told of another mode, then it has `yielded` until it is told of none.
 */

export interface NormalInput {
  readonly given: object;
  readonly at: number;
  readonly cause: Cause;
}

const tell = <Step extends "in_force" | "yielded">(step: Step) => ({ type: "tell", params: { step } }) as const;

export const normalMachine = setup({
  types: {
    context: typed<Story<object>>(),
    events: typed<ModesTold | Resume>(),
    input: typed<NormalInput>(),
  },
  guards: {
    alone: ({ event }) => event.type === "modes.told" && event.inForce.length === 0,
    outdone: ({ event }) => event.type === "modes.told" && event.inForce.length > 0,
  },
  actions: {
    note: assign(({ event }) => ({ since: event.at, cause: event.cause })),
    tell: sendTo(
      root,
      ({ context, event }, { step }: { step: "in_force" | "yielded" }): ModeChanged => ({
        type: "mode.changed",
        at: timeOf(event, context.since),
        cause: context.cause,
        id: "normal",
        mode: "normal",
        dependency: null,
        step,
        since: context.since,
        inForce: step === "in_force",
        contribution: {},
      }),
    ),
  },
}).createMachine({
  id: "normal",
  context: ({ input: { given, at, cause } }) => ({ given, since: at, cause }),
  initial: "in_force",
  states: {
    in_force: {
      description: "No other mode is in force.",
      entry: tell("in_force"),
      on: {
        "modes.told": { guard: "outdone", target: "yielded", actions: "note" },
        resume: { target: "in_force", reenter: true },
      },
    },
    yielded: {
      description: "Another mode is in force.",
      entry: tell("yielded"),
      on: {
        "modes.told": { guard: "alone", target: "in_force", actions: "note" },
        resume: { target: "yielded", reenter: true },
      },
    },
  },
});
