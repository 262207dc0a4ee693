import { assign, sendTo, setup } from "xstate";
import { troubleOf } from "../contracts/conditions.ts";
import type { Cause } from "../contracts/cause.ts";
import { because, PROVIDED, root, typed } from "../kit.ts";
import {
  born,
  clampStep,
  goOn,
  hearConditions,
  isHeldByOthers,
  leave,
  modeChanged,
  type ModeContext,
  type ModeEvent,
  type ModeInput,
  raisedIn,
  type Steps,
} from "./mode-kit.ts";

/*
 * Emergency: so much is wrong at once that only what is critical may still run. It answers to every condition there
 * is, and counts kinds of trouble: ten lost dependencies are one kind, and so are one that is lost and one that flaps.
 *
 * It is `dormant` until three kinds are raised at once. `in_force`, only what is critical runs; what is of high or
 * normal priority waits, and the rest is refused, so that what waits stays within what can ever be served. When fewer
 * than three kinds are left, it is `stepping_down` for one step: nothing is refused any more and high priority runs
 * again, as far as the modes that still hold let it. Then it is `dormant`, and those alone decide. If there are three
 * kinds again meanwhile, it is `in_force` again.
 */

const KINDS = 3;

export const emergencySteps = {
  dormant: null,
  in_force: { byPriority: { high: "queue", normal: "queue", low: "refuse", deferred: "refuse" } },
  stepping_down: { byPriority: { normal: "queue", low: "queue", deferred: "queue" } },
} as const satisfies Steps<string>;

type Step = keyof typeof emergencySteps;
type Told = { readonly context: ModeContext; readonly event: ModeEvent };

const troublesIn = (told: Told): readonly string[] => [
  ...new Set(raisedIn(told).map(({ condition }) => troubleOf(condition))),
];

/** How many kinds there are and which, beside the limit; behind it, what was raised last. */
const whyMany = (told: Told): Cause => {
  const troubles = troublesIn(told).toSorted();
  const what = `${troubles.length} kinds of trouble at once: ${troubles.join(", ")}`;
  const last = raisedIn(told).toSorted((a, b) => b.since - a.since)[0];
  return because(
    { actor: "emergency_mode", what, values: { kinds: troubles.length, limit: KINDS } },
    last?.cause ?? told.event.cause,
  );
};

const tell = <S extends Step>(step: S) => ({ type: "tell", params: { step } }) as const;

export const emergencyMachine = setup({
  types: { context: typed<ModeContext>(), events: typed<ModeEvent>(), input: typed<ModeInput>() },
  delays: { untilDeadline: PROVIDED },
  guards: {
    tooMany: (told) => troublesIn(told).length >= KINDS,
    fewer: (told) => troublesIn(told).length < KINDS,
    heldByOthers: isHeldByOthers,
  },
  actions: {
    enter: assign((told) => ({ since: told.event.at, cause: whyMany(told), ...hearConditions(told) })),
    hear: assign(hearConditions),
    leave: assign((told) => ({ ...leave(told), ...hearConditions(told) })),
    goOn: assign((now) => goOn("emergency_mode", now)),
    clampStep: assign(clampStep),
    tell: sendTo(root, (now, { step }: { step: Step }) =>
      modeChanged("emergency_mode", step, emergencySteps[step], now),
    ),
  },
}).createMachine({
  id: "emergency_mode",
  context: born,
  initial: "dormant",
  states: {
    dormant: {
      description: "Fewer than three kinds of trouble are raised.",
      entry: tell("dormant"),
      on: {
        "conditions.told": { guard: "tooMany", target: "in_force", actions: "enter" },
        resume: { target: "dormant", reenter: true },
      },
    },
    in_force: {
      description: "Only what is critical runs; high and normal priority wait, the rest is refused.",
      entry: tell("in_force"),
      on: {
        "conditions.told": [
          { guard: "fewer", target: "stepping_down", actions: "leave" },
          { guard: "heldByOthers", actions: ["hear", tell("in_force")] },
        ],
        resume: { target: "in_force", reenter: true },
      },
    },
    stepping_down: {
      description: "Nothing is refused any more, high priority runs; then whatever still holds decides alone.",
      entry: tell("stepping_down"),
      after: { untilDeadline: { target: "dormant", actions: "goOn" } },
      on: {
        "conditions.told": { guard: "tooMany", target: "in_force", actions: "enter" },
        resume: { target: "stepping_down", reenter: true, actions: "clampStep" },
      },
    },
  },
});
