import type { ErrorSummary } from "../../errors.ts";
import type { ClosingTarget, EndOutcome } from "../../queue/journal.ts";
import type { OperationStateName } from "../operation-state.ts";

/** An operation that has not ended, without its input. */
export interface WaitingOperation {
  readonly sequence: number;
  readonly operationId: string;
  readonly name: string;
  readonly version: number;
  readonly pool: string;
  /** `parked` is derived: blocked behind a dead letter. */
  readonly state: OperationStateName | "parked";
  readonly priority: number;
  readonly lane: number | null;
  readonly principal: string;
  readonly acceptedAt: number;
  readonly expiresAt: number;
  readonly attempts: number;
  readonly interruptions: number;
  readonly incarnation: number;
  readonly dueAt?: number;
  readonly closingTarget?: ClosingTarget;
  readonly deadSince?: number;
  /** A dead letter that its lane has passed. */
  readonly skipped: boolean;
  readonly error?: ErrorSummary;
}

/** How an operation ended. */
export interface EndedOperation {
  readonly sequence: number;
  readonly operationId: string;
  readonly name: string;
  readonly version: number;
  readonly pool: string;
  readonly principal: string;
  readonly outcome: EndOutcome;
  readonly acceptedAt: number;
  readonly endedAt: number;
  readonly attempts: number;
  readonly incarnation: number;
  readonly replayed: boolean;
  readonly valueOmitted: boolean;
  /** JSON text of the value. */
  readonly result?: string;
  /** Not known of ends of earlier builds. */
  readonly priority?: number;
  readonly lane: number | null;
  readonly claimedAt?: number;
  readonly because?: string;
  readonly error?: ErrorSummary;
}

/** One page of a list, and where the next one begins; undefined on the last. */
export interface Page<Row, Cursor = number> {
  readonly rows: readonly Row[];
  readonly next: Cursor | undefined;
}

export const errorOf = (json: string | null): { readonly error?: ErrorSummary } =>
  json === null ? {} : { error: JSON.parse(json) as ErrorSummary };

/** The rows asked for, and one more that says whether there is a next page. */
export function pageOf<Row, Cursor>(
  rows: readonly Row[],
  limit: number,
  cursorOf: (row: Row) => Cursor,
): Page<Row, Cursor> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { rows: shown, next: rows.length > limit && last !== undefined ? cursorOf(last) : undefined };
}
