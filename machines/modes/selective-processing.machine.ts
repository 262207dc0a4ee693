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
 * Selective processing: too much fails or waits, and what is most urgent goes first. It answers to a high rate of
 * errors and to a queue that no outage explains.
 *
 * It is `dormant` until one of these is raised. `in_force`, only what is critical or of high priority runs, and the
 * rest waits. When both are gone, it is `readmitting`, priority by priority: first `normal`, then `low`, and with its
 * end what was deferred. If either is raised again meanwhile, it is `in_force` again.
 */

export const selectiveProcessingSteps = {
  dormant: null,
  in_force: { byPriority: { normal: "queue", low: "queue", deferred: "queue" } },
  "readmitting.normal": { byPriority: { low: "queue", deferred: "queue" } },
  "readmitting.low": { byPriority: { deferred: "queue" } },
} as const satisfies Steps<string>;

type Step = keyof typeof selectiveProcessingSteps;

const tell = <S extends Step>(step: S) => ({ type: "tell", params: { step } }) as const;

export const selectiveProcessingMachine = setup({
  types: { context: typed<ModeContext>(), events: typed<ModeEvent>(), input: typed<ModeInput>() },
  delays: { untilDeadline: PROVIDED },
  guards: { raised: isRaised, over: isOver, heldByOthers: isHeldByOthers },
  actions: {
    enter: assign(enter),
    hear: assign(hearConditions),
    leave: assign(leave),
    goOn: assign((now) => goOn("selective_processing", now)),
    clampStep: assign(clampStep),
    tell: sendTo(root, (now, { step }: { step: Step }) =>
      modeChanged("selective_processing", step, selectiveProcessingSteps[step], now),
    ),
  },
}).createMachine({
  id: "selective_processing",
  context: born,
  initial: "dormant",
  states: {
    dormant: {
      description: "Neither too much fails nor too much waits.",
      entry: tell("dormant"),
      on: {
        "conditions.told": { guard: "raised", target: "in_force", actions: "enter" },
        resume: { target: "dormant", reenter: true },
      },
    },
    in_force: {
      description: "What is critical or of high priority runs, the rest waits.",
      entry: tell("in_force"),
      on: {
        "conditions.told": [
          { guard: "over", target: "readmitting", actions: "leave" },
          { guard: "heldByOthers", actions: ["hear", tell("in_force")] },
        ],
        resume: { target: "in_force", reenter: true },
      },
    },
    readmitting: {
      description: "Neither is so any more: lets in priority by priority.",
      initial: "normal",
      on: { "conditions.told": { guard: "raised", target: "in_force", actions: "enter" } },
      states: {
        normal: {
          description: "What is of normal priority runs again.",
          entry: tell("readmitting.normal"),
          after: { untilDeadline: { target: "low", actions: "goOn" } },
          on: { resume: { target: "normal", reenter: true, actions: "clampStep" } },
        },
        low: {
          description: "What is of low priority runs again; what was deferred still waits.",
          entry: tell("readmitting.low"),
          after: { untilDeadline: { target: "#selective_processing.dormant", actions: "goOn" } },
          on: { resume: { target: "low", reenter: true, actions: "clampStep" } },
        },
      },
    },
  },
});
