import type { BreakerState } from "./breaker.ts";
import type { Cause } from "./cause.ts";
import type { ModeInForce } from "./modes.ts";
import type { Pin } from "./pin-events.ts";
import type { Priority } from "./priority.ts";

/** What becomes of an operation that arrives now. `refuse` outweighs `queue`, `queue` outweighs `run`. */
export type AdmissionDecision = "run" | "queue" | "refuse";

/** One dependency's part of the policy. */
export interface DependencyAdmission {
  /** State of the breaker, or `ownerless` while its actor is down (then the decision is `queue`). */
  readonly state: BreakerState | "ownerless";
  /** Counts openings and closings; never goes back. A call's result belongs to the generation it began in. */
  readonly generation: number;
  /** `run` when the breaker is closed (or disabled), otherwise `queue`: what cannot wait is then refused. */
  readonly decision: AdmissionDecision;
  readonly cause: Cause;
  /** Wall time of the next probe, where one is planned: what a refusal's "retry after" is computed from. */
  readonly nextProbeAt?: number;
  /** Share of the concurrency limit that the backlog keeps while it drains, 0 to 1; 0 when nothing drains. */
  readonly backlogShare: number;
}

/**
 * The admission policy in force: an immutable snapshot merged from breakers, modes and the pin.
 * The data plane reads one reference to it per operation and never waits for the control plane.
 */
export interface AdmissionPolicy {
  /** Grows by one with every published policy. */
  readonly revision: number;
  /** All modes in force, most severe first. While a pin is held: the pinned one alone, with the step `pinned`. */
  readonly modes: readonly ModeInForce[];
  /** Takes the place of the modes in everything below, but for the dependencies. */
  readonly pin?: Pin;
  /** What would be in force without the pin. */
  readonly yielded?: readonly ModeInForce[];
  /** What the modes (or the pin) say per priority, whatever the dependencies. */
  readonly byPriority: Readonly<Record<Priority, AdmissionDecision>>;
  /** Why `byPriority` is not all `run`, where it is not. */
  readonly priorityCause?: Cause;
  readonly dependencies: Readonly<Record<string, DependencyAdmission>>;
  /** Multiplies concurrency limits, 0 < factor <= 1. */
  readonly concurrencyFactor: number;
  /** Multiplies the size of runs and batches, 0 <= factor <= 1; one operation at the least. */
  readonly batchFactor: number;
  /** Multiplies attempt timeouts, >= 1. */
  readonly attemptTimeoutFactor: number;
}
