import type { AdmissionDecision } from "./admission-policy.ts";
import type { Mode } from "./modes.ts";
import type { Priority } from "./priority.ts";
import type { Said } from "./said.ts";

/** What a mode asks of the admission policy while it is in force. What is left out is not touched. */
export interface Contribution {
  readonly byPriority?: Partial<Readonly<Record<Priority, AdmissionDecision>>>;
  readonly concurrencyFactor?: number;
  /** 0: one operation at a time. */
  readonly batchFactor?: number;
  readonly attemptTimeoutFactor?: number;
  /** Share of the concurrency limit that the mode's dependency keeps for its backlog. */
  readonly backlogShare?: number;
}

/** What a mode does now, told whenever it enters a state. */
export interface ModeChanged extends Said {
  readonly type: "mode.changed";
  /** `normal`, `local_queue:graph`: the id of the actor. */
  readonly id: string;
  readonly mode: Mode;
  readonly dependency: string | null;
  /** The state of the machine. */
  readonly step: string;
  readonly since: number;
  readonly inForce: boolean;
  /** The conditions it answers to that are raised now, by `conditionId`. */
  readonly conditions?: readonly string[];
  readonly contribution: Contribution;
}

/** A level: all modes in force except `normal`, for the one that is derived from the others. */
export interface ModesTold extends Said {
  readonly type: "modes.told";
  readonly inForce: readonly Mode[];
}
