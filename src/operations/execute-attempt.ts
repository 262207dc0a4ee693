import { Attempt } from "../dependencies/attempt.ts";
import { type AttemptsInFlight, isStopping } from "../dependencies/attempts-in-flight.ts";
import type { ReceiptKey } from "../dependencies/dependency.ts";
import { DependencyError, type Effect, HandlerError, HoldfastError, InvalidValueError } from "../errors.ts";
import type { TimerWheel } from "../timer-wheel.ts";
import { toJsonText } from "./json-text.ts";
import type { RegisteredOperation } from "./registered-operation.ts";
import { validateInput } from "./validate-input.ts";

/** What one attempt came to. */
export type AttemptResult =
  | { readonly kind: "completed"; readonly result: string | undefined; readonly replayed: boolean }
  | FailedAttempt;

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

export interface AttemptRequest {
  readonly operation: RegisteredOperation;
  readonly operationId: string;
  readonly principal: string;
  /** JSON text as stored, or as given where nothing is stored. */
  readonly inputText: string | undefined;
  readonly inputVersion: number;
  /** The parsed input, where the caller has just parsed it from that text. */
  readonly parsed?: { readonly value: unknown };
  readonly attemptNumber: number;
  readonly timeoutMs: number;
  /** Undefined for what is never replayed. */
  readonly receipt: ReceiptKey | undefined;
  readonly keepResult: boolean;
  readonly wheel: TimerWheel;
  readonly attempts: AttemptsInFlight;
  /** Called when the handler itself has settled: at or after the end of the attempt. */
  readonly onSettled: () => void;
}

/** Runs the handler once, within its time, and says what came of it. Never rejects. */
export async function executeAttempt(request: AttemptRequest): Promise<AttemptResult> {
  const { operation, operationId, wheel } = request;
  const { definition } = operation;
  const attempt = new HandlerAttempt(operationId, request.attemptNumber, request.timeoutMs, definition.name);
  wheel.start(attempt, request.timeoutMs);
  const generations = operation.uses.map(({ dependency }) => dependency.generation);
  let begun = false;
  try {
    request.attempts.begin(attempt);
    const input =
      request.parsed ?? (await untilEnded(attempt, parseStored(operation, request.inputText, request.inputVersion)));
    // Ended before it began (the runtime stops): the handler is not called at all.
    if (attempt.ended) throw attempt.endedBecause;
    const context = {
      input: input.value,
      operationId,
      attempt: request.attemptNumber,
      principal: request.principal,
      get signal() {
        return attempt.signal;
      },
    };
    for (const { property, dependency } of operation.uses)
      if (dependency !== operation.receipted?.dependency)
        Object.defineProperty(context, property, {
          value: dependency.connection.handle(attempt, dependency),
          enumerable: true,
        });
    const work = async (handle?: unknown): Promise<string | undefined> => {
      begun = true;
      if (operation.receipted !== undefined)
        Object.defineProperty(context, operation.receipted.property, { value: handle, enumerable: true });
      try {
        return resultText(definition.name, await definition.execute(context as never));
      } finally {
        request.onSettled();
      }
    };
    const receipts = operation.receipted?.dependency.connection.receipts;
    let result: string | undefined;
    let replayed = false;
    if (receipts === undefined) result = await untilEnded(attempt, work());
    else {
      const once = await receipts.once(
        { receipt: request.receipt ?? null, keepResult: request.keepResult, attempt },
        work,
      );
      result = once.result;
      replayed = once.applied === "before";
    }
    operation.uses.forEach(
      ({ dependency }, index) =>
        dependency.connection.countsCalls !== true && dependency.succeeded(generations[index]!),
    );
    return { kind: "completed", result, replayed };
  } catch (error) {
    return failed(operation, attempt, generations, error);
  } finally {
    attempt.cancel();
    attempt.end();
    request.attempts.finish(attempt);
    if (!begun) request.onSettled();
  }
}

class HandlerAttempt extends Attempt {
  readonly #operation: string;

  constructor(operationId: string, number: number, timeoutMs: number, operation: string) {
    super(operationId, number, timeoutMs);
    this.#operation = operation;
  }

  protected override get subject(): string {
    return `The handler of ${this.#operation}`;
  }
}

/** The stored input as today's version takes it. */
async function parseStored(
  operation: RegisteredOperation,
  text: string | undefined,
  version: number,
): Promise<{ readonly value: unknown }> {
  const { definition } = operation;
  let stored: unknown = text === undefined ? undefined : JSON.parse(text);
  if (version < definition.version && definition.migrateInput !== undefined)
    stored = definition.migrateInput(stored, version);
  const validation = await validateInput(definition.input, stored);
  if (!validation.ok)
    throw new InvalidValueError(
      "invalid_input",
      validation.path,
      `The stored input of ${definition.name} (version ${version}) is not valid for version ${definition.version} at ${validation.path}: ${validation.message}.`,
    );
  return validation;
}

function resultText(name: string, value: unknown): string | undefined {
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

const untilEnded = <Value>(attempt: Attempt, work: Promise<Value>): Promise<Value> =>
  new Promise((resolve, reject) => {
    attempt.onEnd((reason) => reject(reason as Error));
    work.then(resolve, reject);
  });

function failed(
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
