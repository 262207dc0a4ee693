import type { BreakerChanged, BreakerFailure, ProbeFailed } from "../contracts/breaker-events.ts";
import type { Cause } from "../contracts/cause.ts";
import { because, type Story } from "../kit.ts";

/* What a breaker is given and keeps in mind, and the arithmetic of its breaks. */

/** Settings as machines need them; `BreakerSettings` of the configuration has these. */
export interface BreakRules {
  readonly initialBreakMs: number;
  readonly breakFactor: number;
  readonly maximumBreakMs: number;
  readonly breakJitter: number;
  readonly probesToClose: number;
  readonly misconfiguredProbeMs: number;
}

export interface BreakerGiven {
  readonly dependency: string;
  readonly rules: BreakRules;
}

export interface BreakerInput {
  readonly given: BreakerGiven;
  readonly at: number;
  readonly cause: Cause;
  /** The last fact that a fallen breaker told. */
  readonly predecessor: BreakerChanged | null;
}

export interface BreakerContext extends Story<BreakerGiven> {
  readonly generation: number;
  /** It lets calls through: a change of this is a new generation. */
  readonly passing: boolean;
  readonly alarmed: boolean;
  /** What opened it, or first failed: the root of every later cause until it closes. */
  readonly openedBy: Cause;
  /** Probes in a row that succeeded, and breaks since it last closed. */
  readonly passed: number;
  readonly breaks: number;
  readonly probesFailed: number;
  readonly probedAt: number | null;
  /** Length of the present break, and when it is over. */
  readonly breakMs: number;
  readonly deadline: number;
  readonly lastFailure: BreakerFailure | null;
}

/** The id of its actor. */
export const name = ({ given }: BreakerContext) => `breaker:${given.dependency}`;

/** Grows with each break, up to the longest; a drawn share of it is left out. */
export const breakLength = ({ given: { rules }, breaks }: BreakerContext, draw: number) =>
  Math.round(
    Math.min(rules.maximumBreakMs, rules.initialBreakMs * rules.breakFactor ** Math.min(breaks, 30)) *
      (1 - rules.breakJitter * draw),
  );

/** A new generation where it begins or ceases to let calls through. */
export const turn = ({ generation, passing }: BreakerContext, passes: boolean) => ({
  passing: passes,
  generation: passing === passes ? generation : generation + 1,
});

/** Why a failed probe leads where it leads; behind it, what opened the breaker. */
export const probeCause = (context: BreakerContext, { code }: ProbeFailed): Cause => {
  const probesFailed = context.probesFailed + 1;
  const failed = { actor: name(context), what: `a probe failed: ${code}`, values: { code, probesFailed } };
  return context.alarmed ? because(failed, context.openedBy) : failed;
};
