import { assign, sendTo, setup } from "xstate";
import type { AutoRecoveryChanged, AutoRecoverySwitched } from "../contracts/auto-recovery-events.ts";
import type { Cause } from "../contracts/cause.ts";
import type { Resume } from "../contracts/lifecycle-events.ts";
import { root, type Story, timeOf, typed } from "../kit.ts";

/*
 * Auto recovery is a switch in the hands of persons: may incidents try remedies? What a breaker does by itself, and how
 * modes leave, is not touched by it.
 *
 * At its birth it is `remembering`, for no time at all: what its fallen predecessor told last, or else what the
 * configuration says. Then it is `enabled`, or it is `disabled`, and an incident whose remedy is due calls a person. What
 * a person has switched stays so over restarts; while nobody has, it follows the configuration.
 */

export interface AutoRecoveryGiven {
  /** What the configuration says. */
  readonly enabled: boolean;
}

export interface AutoRecoveryInput {
  readonly given: AutoRecoveryGiven;
  readonly at: number;
  readonly cause: Cause;
  /** The last fact that a fallen predecessor told: what a person has switched stays so. */
  readonly predecessor: AutoRecoveryChanged | null;
}

export interface AutoRecoveryContext extends Story<AutoRecoveryGiven> {
  readonly bornEnabled: boolean;
  /** A person has switched it. */
  readonly switched: boolean;
}

const tell = (enabled: boolean) => ({ type: "tell", params: { enabled } }) as const;

export const autoRecoveryMachine = setup({
  types: {
    context: typed<AutoRecoveryContext>(),
    events: typed<AutoRecoverySwitched | Resume>(),
    input: typed<AutoRecoveryInput>(),
  },
  guards: {
    bornEnabled: ({ context }) => context.bornEnabled,
    configuredOn: ({ context }) => !context.switched && context.given.enabled,
    configuredOff: ({ context }) => !context.switched && !context.given.enabled,
  },
  actions: {
    note: assign(({ event }) => ({ since: event.at, cause: event.cause })),
    remember: assign({ switched: true }),
    tell: sendTo(
      root,
      ({ context, event }, { enabled }: { enabled: boolean }): AutoRecoveryChanged => ({
        type: "auto_recovery.changed",
        at: timeOf(event, context.since),
        cause: context.cause,
        enabled,
        since: context.since,
      }),
    ),
  },
}).createMachine({
  id: "auto_recovery",
  context: ({ input: { given, at, cause, predecessor } }) => ({
    given,
    since: predecessor?.since ?? at,
    cause: predecessor?.cause ?? cause,
    bornEnabled: predecessor?.enabled ?? given.enabled,
    switched: predecessor !== null && predecessor.enabled !== given.enabled,
  }),
  initial: "remembering",
  states: {
    remembering: {
      description: "Just born: takes up what was said last.",
      always: [{ guard: "bornEnabled", target: "enabled" }, { target: "disabled" }],
    },
    enabled: {
      description: "Incidents try their remedies.",
      entry: tell(true),
      on: {
        "auto_recovery.disable": { target: "disabled", actions: ["note", "remember"] },
        resume: [
          { guard: "configuredOff", target: "disabled", actions: "note" },
          { target: "enabled", reenter: true },
        ],
      },
    },
    disabled: {
      description: "Incidents call a person where a remedy is due.",
      entry: tell(false),
      on: {
        "auto_recovery.enable": { target: "enabled", actions: ["note", "remember"] },
        resume: [
          { guard: "configuredOn", target: "enabled", actions: "note" },
          { target: "disabled", reenter: true },
        ],
      },
    },
  },
});
