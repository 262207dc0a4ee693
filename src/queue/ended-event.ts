import type { Priority } from "../../machines/contracts/priority.ts";
import type { ClaimedRow } from "./journal.ts";

/** An operation has reached its end, or has become a dead letter. */
export interface EndedEvent {
  readonly operationId: string;
  readonly name: string;
  readonly outcome: "completed" | "failed" | "dead";
  readonly replayed: boolean;
  /** From its acceptance to its end, in milliseconds; absent where a fence decided, which does not know. */
  readonly durationMs?: number;
  /** Absent where a fence decided. */
  readonly priority?: Priority;
  /** Why it failed; absent where it completed, and where nobody knows any more. */
  readonly errorCode?: string;
  /** The dependency whose failure it was; absent for the handler's own. */
  readonly dependency?: string;
}

/** What is measured of an end, on disk or off it. */
export type EndOfOperation = Pick<EndedEvent, "outcome" | "durationMs" | "priority" | "errorCode" | "dependency">;

/** How long it took, by the wall clock: somebody may have set it back meanwhile. */
export const durationOf = ({ acceptedAt }: ClaimedRow, endedAt: number): number => Math.max(0, endedAt - acceptedAt);
