import type { Priority } from "../../machines/contracts/priority.ts";
import type { ErrorSummary } from "../errors.ts";

/** The states of an operation that has not ended, as they are stored. */
export type WaitingState = "ready" | "scheduled" | "blocked" | "running" | "closing" | "held" | "dead";

/** Where an accepted operation is in its life. `parked`: it waits behind a dead letter of its lane. */
export type OperationState = WaitingState | "parked" | "completed" | "failed" | "cancelled" | "expired" | "discarded";

/** An operation as lists and look-ups show it. The input is not part of it: it may be sensitive and large. */
export interface OperationView {
  readonly operationId: string;
  /** Its present number: its place in the order of acceptance. */
  readonly sequence: number;
  readonly name: string;
  readonly version: number;
  readonly state: OperationState;
  readonly priority?: Priority;
  readonly principal?: string;
  /** Wall times, milliseconds since 1970. */
  readonly acceptedAt?: number;
  readonly expiresAt?: number;
  readonly dueAt?: number;
  readonly endedAt?: number;
  readonly attempts?: number;
  readonly interruptions?: number;
  readonly incarnation?: number;
  /** The last failure of a waiting or dead operation, or what a failed one failed of. */
  readonly error?: ErrorSummary;
}

/** The end of an operation, or that there is none yet. */
export type OperationResult<Value = unknown> =
  | { readonly status: "pending"; readonly operationId: string; readonly state: OperationState }
  | { readonly status: "completed"; readonly operationId: string; readonly value: Value; readonly valueOmitted: false }
  | {
      readonly status: "completed";
      readonly operationId: string;
      readonly value?: undefined;
      readonly valueOmitted: true;
    }
  | { readonly status: "failed"; readonly operationId: string; readonly error: ErrorSummary }
  | { readonly status: "cancelled" | "expired" | "discarded"; readonly operationId: string }
  | { readonly status: "unknown"; readonly operationId: string };

export interface Page<Row> {
  readonly rows: readonly Row[];
  /** Pass it as `after` for the next page; absent on the last one. */
  readonly next?: number;
}

export interface EndedQuestion {
  /** Wall times of the end, both inclusive. */
  readonly from?: number;
  readonly to?: number;
  /** `next` of the page before. */
  readonly after?: string;
  /** 100 by default, 1,000 at most. */
  readonly limit?: number;
}

/** Ends, newest first. */
export interface EndedPage {
  readonly rows: readonly OperationView[];
  readonly next?: string;
}
