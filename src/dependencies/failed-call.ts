import { inspect } from "node:util";
import { type DependencyError, type DependencyFailureKind, type Effect, effectOf, isRetryable } from "../errors.ts";

/** Code of the error that a call's own failure becomes. */
export const CALL_FAILED = "call_failed";

/**
 * A call that failed. Its error is made when it is first read: under an outage most callers only look at the status,
 * and an `Error` costs more than all the rest of a failing call.
 */
export class FailedCall {
  readonly status = "failed";
  readonly effect: Effect;
  readonly retryable: boolean;
  #error: DependencyError | undefined = undefined;
  readonly #makeError: { toError(thrown: unknown): DependencyError };
  readonly #thrown: unknown;

  constructor(
    makeError: { toError(thrown: unknown): DependencyError },
    thrown: unknown,
    kind: DependencyFailureKind,
    effect: Effect = effectOf(kind),
  ) {
    this.#makeError = makeError;
    this.#thrown = thrown;
    this.effect = effect;
    this.retryable = isRetryable(kind);
  }

  get error(): DependencyError {
    return (this.#error ??= this.#makeError.toError(this.#thrown));
  }

  /** Printed with its error, like the plain value it stands for. */
  [inspect.custom](): unknown {
    const { status, effect, error } = this;
    return { status, effect, error };
  }
}
