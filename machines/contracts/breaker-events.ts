import type { BreakerState } from "./breaker.ts";
import type { Said } from "./said.ts";

/** The last thing that went wrong on a dependency, as a status shows it. */
export interface BreakerFailure {
  readonly code: string;
  readonly message: string;
  readonly at: number;
  /** The connections themselves are suspect: a reconnect may help. */
  readonly reconnect: boolean;
}

/** Everything a breaker knows that others need, told whenever it enters a state. */
export interface BreakerChanged extends Said {
  readonly type: "breaker.changed";
  readonly dependency: string;
  readonly state: BreakerState;
  readonly since: number;
  readonly generation: number;
  /** Its condition is raised: it has failed and has not closed since. */
  readonly alarmed: boolean;
  /** Failed probes since it last let calls through. */
  readonly probesFailed: number;
  /** When the last probe began. */
  readonly probedAt: number | null;
  readonly nextProbeAt: number | null;
  readonly lastFailure: BreakerFailure | null;
}

/** The data plane counted more failures than the breaker tolerates. */
export interface CallsFailed extends Said {
  readonly type: "calls.failed";
  /** The generation in which the calls began; of another one the report is ignored. */
  readonly generation: number;
  readonly misconfigured: boolean;
  /** A random number from 0 to 1 for the jitter of the break: machines draw none themselves. */
  readonly draw: number;
}

/** Somebody has reason to believe that a probe would succeed now. Cuts a break short. */
export interface ProbeWanted extends Said {
  readonly type: "probe.wanted";
  readonly dependency: string;
}

/** A person's hand on the breaker: `enable` gives it back to itself. */
export interface BreakerOrdered extends Said {
  readonly type: "breaker.force_open" | "breaker.disable" | "breaker.enable";
}

/** How a probe ended. A failed probe is a value: the actor that probes never rejects. */
export type ProbeOutcome = ProbePassed | ProbeFailed;

export interface ProbePassed {
  readonly ok: true;
  readonly at: number;
  readonly tookMs: number;
}

export interface ProbeFailed {
  readonly ok: false;
  readonly at: number;
  /** As in `CallsFailed`. */
  readonly draw: number;
  readonly code: string;
  readonly message: string;
  readonly misconfigured: boolean;
  readonly reconnect: boolean;
}
