import type { Cause } from "../../machines/contracts/cause.ts";

/** Why something is so, as data and as sentences: invariant 4 as its reader meets it. Times are wall times. */
export interface Explanation {
  /** As it was asked for: `op_17`, `alert:3`, `transition:120`, `now`; an outcome has none. */
  readonly target: string;
  readonly kind: "operation" | "alert" | "transition" | "now" | "outcome";
  /** What it is about, in one line. */
  readonly title: string;
  /** In the order in which they happened. */
  readonly steps: readonly ExplainedStep[];
  /** Title and steps as text; a line that begins with `↳` says why the one before is so. */
  readonly lines: readonly string[];
}

export interface ExplainedStep {
  /** Absent where it is not known, or is now. */
  readonly at?: number;
  /** `queued`, `running`, `attempt_failed`, `completed`, …; of a machine, the state that it entered. */
  readonly step: string;
  /** The rest of the sentence; may be empty. */
  readonly what: string;
  /** What led to it, nearest first. */
  readonly causes: readonly ExplainedCause[];
}

export interface ExplainedCause extends Pick<Cause, "actor" | "what" | "values"> {
  readonly at?: number;
  /** The stored transition that it was read from, and what happened in it: `graph opened`. */
  readonly transition?: number;
  readonly happened?: string;
}
