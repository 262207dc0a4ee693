import type { Cause } from "../../machines/contracts/cause.ts";

/** What the data plane tells a breaker: more calls failed than it tolerates. */
export interface CallsFailed {
  readonly dependency: string;
  /** The generation in which the calls began; of another one the report is ignored. */
  readonly generation: number;
  /** Why: consecutive failures or failure rate, with values and limits; the last failure's code. */
  readonly cause: Cause;
  /** The dependency said that a person must change something: goes to `misconfigured` instead of `open`. */
  readonly misconfigured: boolean;
}

export type ProbeResult =
  | { readonly ok: true; readonly tookMs: number }
  | {
      readonly ok: false;
      readonly code: string;
      readonly message: string;
      readonly misconfigured: boolean;
      readonly reconnect: boolean;
    };

/** What an action came to: a remedy that did not help says so. */
export type ActionResult =
  | { readonly ok: true; readonly detail: string }
  | { readonly ok: false; readonly detail: string };
