import type { Cause } from "./cause.ts";

/** The six modes, mildest first: the order in which the "most severe mode" of a status is found. Wire values. */
export const MODES = [
  "normal",
  "reduced_performance",
  "local_queue",
  "memory_constrained",
  "selective_processing",
  "emergency_mode",
] as const;

export type Mode = (typeof MODES)[number];

/** One mode in force, as a status shows it. */
export interface ModeInForce {
  readonly mode: Mode;
  /** The dependency it is about, for modes that exist once per dependency (`local_queue`). */
  readonly dependency?: string;
  /** The state of the mode's machine: `queueing`, `draining`, `in_force`, … */
  readonly step: string;
  /** Wall time of entry, milliseconds since 1970. */
  readonly since: number;
  readonly cause: Cause;
}
