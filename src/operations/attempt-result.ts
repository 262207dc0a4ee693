import type { Attempt } from "../dependencies/attempt.ts";
import { isStopping } from "../dependencies/attempts-in-flight.ts";
import { DependencyError, type Effect, HandlerError, HoldfastError } from "../errors.ts";
import { toJsonText } from "./json-text.ts";
import type { RegisteredOperation } from "./registered-operation.ts";

/** What one attempt came to. */
export type AttemptResult = CompletedAttempt | FailedAttempt;

export interface CompletedAttempt {
  readonly kind: "completed";
  readonly result: string | undefined;
  readonly replayed: boolean;
}

export interface FailedAttempt {
  readonly kind: "failed";
  readonly error: HoldfastError;
  readonly effect: Effect;
  readonly retryable: boolean;
  /** The dependency whose failure it was; undefined for the handler's own. */
  readonly owner: string | undefined;
  /** A breaker that this failure could be due to has left `closed` since the attempt began, even if it is closed again. */
  readonly breakerLeftClosed: boolean;
}

/** The JSON text of what a handler returned. */
export function resultText(name: string, value: unknown): string | undefined {
  try {
    return toJsonText(value);
  } catch (error) {
    throw new HandlerError(
      "invalid_result",
      `The handler of ${name} returned a value that JSON would change. ${error instanceof Error ? error.message : ""}`,
      { cause: error },
    );
  }
}

/** Whose failure it was and what it means; counted for the dependency that owns it. */
export function failedAttempt(
  operation: RegisteredOperation,
  attempt: Attempt,
  generations: readonly number[],
  error: unknown,
): FailedAttempt {
  for (const [index, { dependency }] of operation.uses.entries()) {
    const failure =
      error instanceof DependencyError
        ? error.dependency === dependency.name
          ? error
          : undefined
        : dependency.connection.classify(error);
    if (failure === undefined) continue;
    if (dependency.connection.countsCalls !== true && !isStopping(attempt))
      dependency.failed(generations[index]!, failure);
    return result(failure, failure.effect, dependency.name);
  }
  if (error instanceof HoldfastError) return result(error, "none", undefined);
  const wrapped = new HandlerError(
    "handler_failed",
    `The handler of ${operation.definition.name} failed: ${error instanceof Error ? error.message : "it threw a value that is not an Error"}`,
    {
      cause: error,
      retryable: (error as { retryable?: unknown } | null)?.retryable === true,
    },
  );
  return result(wrapped, "none", undefined);

  function result(failure: HoldfastError, effect: Effect, owner: string | undefined): FailedAttempt {
    const breakerLeftClosed = operation.uses.some(
      ({ dependency }, index) =>
        (owner === undefined || owner === dependency.name) &&
        (!dependency.closed || dependency.generation !== generations[index]),
    );
    return { kind: "failed", error: failure, effect, retryable: failure.retryable, owner, breakerLeftClosed };
  }
}
