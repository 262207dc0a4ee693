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
 * Memory constrained: memory runs out, and the service holds as little at a time as it can. It answers to exhausted
 * memory alone; making room is what the incident of that condition does.
 *
 * It is `dormant` until memory is exhausted. `in_force`, operations run one by one instead of in batches, half as many
 * at once, and what is not urgent waits on disk, where it costs no memory. When memory has fallen, it is `restoring`,
 * step by step, so that what comes back does not fill it again: first half of the `concurrency` and of the batches,
 * then all of it and what is of `low` priority, then what was deferred. If memory is exhausted again meanwhile, it is
 * `in_force` again.
 */

export const memoryConstrainedSteps = {
  dormant: null,
  in_force: { byPriority: { low: "queue", deferred: "queue" }, concurrencyFactor: 0.5, batchFactor: 0 },
  "restoring.concurrency": {
    byPriority: { low: "queue", deferred: "queue" },
    concurrencyFactor: 0.75,
    batchFactor: 0.5,
  },
  "restoring.low": { byPriority: { deferred: "queue" } },
} as const satisfies Steps<string>;

type Step = keyof typeof memoryConstrainedSteps;

const tell = <S extends Step>(step: S) => ({ type: "tell", params: { step } }) as const;

export const memoryConstrainedMachine = setup({
  types: { context: typed<ModeContext>(), events: typed<ModeEvent>(), input: typed<ModeInput>() },
  delays: { untilDeadline: PROVIDED },
  guards: { raised: isRaised, over: isOver, heldByOthers: isHeldByOthers },
  actions: {
    enter: assign(enter),
    hear: assign(hearConditions),
    leave: assign(leave),
    goOn: assign((now) => goOn("memory_constrained", now)),
    clampStep: assign(clampStep),
    tell: sendTo(root, (now, { step }: { step: Step }) =>
      modeChanged("memory_constrained", step, memoryConstrainedSteps[step], now),
    ),
  },
}).createMachine({
  id: "memory_constrained",
  context: born,
  initial: "dormant",
  states: {
    dormant: {
      description: "Memory is not exhausted.",
      entry: tell("dormant"),
      on: {
        "conditions.told": { guard: "raised", target: "in_force", actions: "enter" },
        resume: { target: "dormant", reenter: true },
      },
    },
    in_force: {
      description: "Operations run one by one, half as many at once, what is not urgent waits on disk.",
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
      description: "Memory has fallen: gives back step by step.",
      initial: "concurrency",
      on: { "conditions.told": { guard: "raised", target: "in_force", actions: "enter" } },
      states: {
        concurrency: {
          description: "Half of what was taken is back.",
          entry: tell("restoring.concurrency"),
          after: { untilDeadline: { target: "low", actions: "goOn" } },
          on: { resume: { target: "concurrency", reenter: true, actions: "clampStep" } },
        },
        low: {
          description: "All but what was deferred is back.",
          entry: tell("restoring.low"),
          after: { untilDeadline: { target: "#memory_constrained.dormant", actions: "goOn" } },
          on: { resume: { target: "low", reenter: true, actions: "clampStep" } },
        },
      },
    },
  },
});
