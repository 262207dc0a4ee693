import { assign, sendTo, setup } from "xstate";
import { PROVIDED, root, typed } from "../kit.ts";
import {
  born,
  clampStep,
  enter,
  goOn,
  hearConditions,
  isHeldByOthers,
  isOver,
  isRaised,
  leave,
  modeChanged,
  type ModeContext,
  type ModeEvent,
  type ModeInput,
  type Steps,
} from "./mode-kit.ts";

/*
 * Reduced performance: everything becomes slower, and the service does less at a time so that it still gets done. It
 * answers to operations that take too long, to an event loop that is overloaded, and to a dependency that flaps.
 *
 * It is `dormant` until one of these is raised. `in_force`, attempts get twice their time, half as many run at once,
 * and what was deferred waits. When all of it is gone, it is `restoring`, step by step, so that a service that has just
 * recovered is not pushed over by everything at once: first half of the `concurrency` comes back, then all of it while
 * what was `deferred` still waits, then that. If anything is raised again meanwhile, it is `in_force` again.
 */

export const reducedPerformanceSteps = {
  dormant: null,
  in_force: { byPriority: { deferred: "queue" }, concurrencyFactor: 0.5, attemptTimeoutFactor: 2 },
  "restoring.concurrency": { byPriority: { deferred: "queue" }, concurrencyFactor: 0.75, attemptTimeoutFactor: 1.5 },
  "restoring.deferred": { byPriority: { deferred: "queue" } },
} as const satisfies Steps<string>;

type Step = keyof typeof reducedPerformanceSteps;

const tell = <S extends Step>(step: S) => ({ type: "tell", params: { step } }) as const;

export const reducedPerformanceMachine = setup({
  types: { context: typed<ModeContext>(), events: typed<ModeEvent>(), input: typed<ModeInput>() },
  delays: { untilDeadline: PROVIDED },
  guards: { raised: isRaised, over: isOver, heldByOthers: isHeldByOthers },
  actions: {
    enter: assign(enter),
    hear: assign(hearConditions),
    leave: assign(leave),
    goOn: assign((now) => goOn("reduced_performance", now)),
    clampStep: assign(clampStep),
    tell: sendTo(root, (now, { step }: { step: Step }) =>
      modeChanged("reduced_performance", step, reducedPerformanceSteps[step], now),
    ),
  },
}).createMachine({
  id: "reduced_performance",
  context: born,
  initial: "dormant",
  states: {
    dormant: {
      description: "Nothing is slow.",
      entry: tell("dormant"),
      on: {
        "conditions.told": { guard: "raised", target: "in_force", actions: "enter" },
        resume: { target: "dormant", reenter: true },
      },
    },
    in_force: {
      description: "Attempts get twice their time, half as many run at once, what was deferred waits.",
      entry: tell("in_force"),
      on: {
        "conditions.told": [
          { guard: "over", target: "restoring", actions: "leave" },
          { guard: "heldByOthers", actions: ["hear", tell("in_force")] },
        ],
        resume: { target: "in_force", reenter: true },
      },
    },
    restoring: {
      description: "Nothing is slow any more: gives back step by step.",
      initial: "concurrency",
      on: { "conditions.told": { guard: "raised", target: "in_force", actions: "enter" } },
      states: {
        concurrency: {
          description: "Half of what was taken is back.",
          entry: tell("restoring.concurrency"),
          after: { untilDeadline: { target: "deferred", actions: "goOn" } },
          on: { resume: { target: "concurrency", reenter: true, actions: "clampStep" } },
        },
        deferred: {
          description: "Everything is back, but what was deferred still waits.",
          entry: tell("restoring.deferred"),
          after: { untilDeadline: { target: "#reduced_performance.dormant", actions: "goOn" } },
          on: { resume: { target: "deferred", reenter: true, actions: "clampStep" } },
        },
      },
    },
  },
});
