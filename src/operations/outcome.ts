import type { Cause } from "../../machines/contracts/cause.ts";
import type { Effect, HoldfastError } from "../errors.ts";

/** What a caller gets. Always a value: a refusal or a failure is never thrown. */
export type Outcome<Value = unknown> = Completed<Value> | Queued | Refused | Failed;

/**
 * The effect is in the dependency, once. Values are JSON, whichever way they came; one that is larger than
 * `maximumValueBytes` is not kept, and `valueOmitted` says so.
 */
export type Completed<Value = unknown> =
  | {
      readonly status: "completed";
      readonly operationId: string;
      readonly value: Value;
      readonly valueOmitted: false;
      /** `fallback`: the dependency was not asked; the definition's `fallback` answered. */
      readonly source: "execution" | "fallback";
    }
  | {
      readonly status: "completed";
      readonly operationId: string;
      readonly value?: undefined;
      readonly valueOmitted: true;
      readonly source: "execution";
    };

/** On disk, and executed later. */
export interface Queued {
  readonly status: "queued";
  readonly operationId: string;
  readonly because: QueuedBecause;
  /** Why the policy queues, when it does. */
  readonly cause?: Cause;
}

/**
 * - `policy`: the admission policy queues it (a breaker is open, a mode is in force).
 * - `lane`: earlier operations of its lane come first.
 * - `limit`: the dependency's concurrency limit is used up.
 * - `slow`: it runs, and has not ended within `answerWithinMs`.
 * - `retrying`: an attempt failed and it waits for the next.
 * - `requested`: `enqueue` does not wait for execution.
 */
export type QueuedBecause = "policy" | "lane" | "limit" | "slow" | "retrying" | "requested";

/** Turned away before anything was executed or stored. */
export interface Refused {
  readonly status: "refused";
  readonly reason: RefusalReason;
  /** What is wrong and what to do about it. */
  readonly message: string;
  /** True when the same submit may succeed later. */
  readonly retryable: boolean;
  /** When to try again: whole seconds, 0 when trying again does not help. */
  readonly retryAfterSeconds: number;
  /** Where in the input, for `invalid_input` and its kin: `$.steps[3].celsius`. */
  readonly path?: string;
  readonly cause?: Cause;
}

/**
 * - `invalid_input`: the schema, or JSON, does not take it; `input_too_large`.
 * - `unknown_operation`: no such name (remote callers only; in process that is misuse).
 * - `forbidden`: the principal lacks the permission.
 * - `idempotency_key_reused`: the key belongs to an operation with another input.
 * - `unavailable`: it cannot wait (not queueable), and a dependency is not to be called now.
 * - `shed`: the mode in force refuses its priority, or has it wait, and it cannot.
 * - `overloaded`: too many submits without an answer, or the limit is used up and it cannot wait.
 * - `queue_full`, `storage_full`, `storage_lost`: nothing more can be put on disk.
 * - `storage_unavailable`: nothing can be put on disk at this moment; the thread that writes is being started anew.
 * - `stopping`: the runtime is being stopped.
 */
export type RefusalReason =
  | "invalid_input"
  | "input_too_large"
  | "unknown_operation"
  | "forbidden"
  | "idempotency_key_reused"
  | "unavailable"
  | "shed"
  | "overloaded"
  | "queue_full"
  | "storage_full"
  | "storage_lost"
  | "storage_unavailable"
  | "stopping";

/** It ended without success, and the caller was still there to be told: nothing of it will be tried again. */
export interface Failed {
  readonly status: "failed";
  readonly operationId: string;
  /**
   * `unknown` only where nothing keeps receipts (operations that are not queueable, calls of other dependencies), or
   * when the store was lost while the operation was being accepted; elsewhere a fence makes it known first.
   */
  readonly effect: Effect;
  readonly error: HoldfastError;
}

/** Helpers that keep `Refused` values alike. */
export const refused = (
  reason: RefusalReason,
  message: string,
  options: { readonly retryAfterSeconds?: number; readonly path?: string; readonly cause?: Cause } = {},
): Refused => {
  const retryAfterSeconds = options.retryAfterSeconds ?? 0;
  return {
    status: "refused",
    reason,
    message,
    retryable: retryAfterSeconds > 0,
    retryAfterSeconds,
    ...(options.path === undefined ? {} : { path: options.path }),
    ...(options.cause === undefined ? {} : { cause: options.cause }),
  };
};
