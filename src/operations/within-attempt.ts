import { UNTIMED } from "../dependencies/adaptive-limit.ts";
import { Attempt } from "../dependencies/attempt.ts";
import { type AttemptsInFlight, isStopping } from "../dependencies/attempts-in-flight.ts";
import { NO_SAMPLE } from "../dependencies/call-samples.ts";
import { DependencyError, type DependencyFailureKind } from "../errors.ts";
import type { TimerWheel } from "../timer-wheel.ts";
import { type FailedAttempt, failedAttempt } from "./attempt-result.ts";
import type { RegisteredOperation } from "./registered-operation.ts";

/** What every attempt has: at one operation, or at a batch of them. */
export interface AttemptFrame {
  readonly operation: RegisteredOperation;
  readonly operationId: string;
  readonly attemptNumber: number;
  readonly timeoutMs: number;
  /** True for a batch: how long it takes says how large it is. */
  readonly isBatch?: boolean;
  readonly wheel: TimerWheel;
  readonly attempts: AttemptsInFlight;
}

/**
 * Does the work within the attempt's time, and counts what came of it for the dependencies. Never rejects. `work` must
 * itself end with its attempt.
 */
export async function withinAttempt<Result>(
  { operation, operationId, attemptNumber, timeoutMs, isBatch = false, wheel, attempts }: AttemptFrame,
  work: (attempt: Attempt) => Promise<Result>,
): Promise<Result | FailedAttempt> {
  const attempt = new HandlerAttempt(operationId, attemptNumber, timeoutMs, operation.definition.name);
  wheel.start(attempt, timeoutMs);
  const generations = operation.uses.map(({ dependency }) => dependency.generation);
  const samples = operation.uses.map(({ dependency }) =>
    dependency.connection.countsCalls === true ? NO_SAMPLE : dependency.beginSample(),
  );
  let failed: FailedAttempt | undefined;
  try {
    attempts.begin(attempt);
    const result = await work(attempt);
    operation.uses.forEach(
      ({ dependency }, index) =>
        dependency.connection.countsCalls !== true && dependency.succeeded(generations[index]!),
    );
    return result;
  } catch (error) {
    failed = failedAttempt(operation, attempt, generations, error);
    return failed;
  } finally {
    // With several dependencies nobody knows which of them took the time.
    const kind = isBatch || operation.uses.length > 1 ? UNTIMED : operation.definitionId;
    for (const [index, { dependency }] of operation.uses.entries())
      dependency.endSample(samples[index]!, kind, whatItSays(failed, attempt, dependency.name));
    attempt.cancel();
    attempt.end();
    attempts.finish(attempt);
  }
}

/** Of a failure: what it says of this dependency. Undefined: it answered. */
function whatItSays(
  failed: FailedAttempt | undefined,
  attempt: Attempt,
  dependency: string,
): DependencyFailureKind | "unsaid" | undefined {
  if (failed === undefined) return undefined;
  const { error, owner } = failed;
  return owner === dependency && error instanceof DependencyError && !isStopping(attempt) ? error.kind : "unsaid";
}

/** For what knows nothing of attempts: passes its result on, or rejects with why the attempt ended. */
export const untilEnded = <Value>(attempt: Attempt, work: Promise<Value>): Promise<Value> =>
  new Promise((resolve, reject) => {
    attempt.onEnd((reason) => reject(reason as Error));
    work.then(resolve, reject);
  });

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
