import { Attempt } from "../dependencies/attempt.ts";
import type { AttemptsInFlight } from "../dependencies/attempts-in-flight.ts";
import type { TimerWheel } from "../timer-wheel.ts";
import { type FailedAttempt, failedAttempt } from "./attempt-result.ts";
import type { RegisteredOperation } from "./registered-operation.ts";

/** What every attempt has: at one operation, or at a batch of them. */
export interface AttemptFrame {
  readonly operation: RegisteredOperation;
  readonly operationId: string;
  readonly attemptNumber: number;
  readonly timeoutMs: number;
  readonly wheel: TimerWheel;
  readonly attempts: AttemptsInFlight;
}

/**
 * Does the work within the attempt's time, and counts what came of it for the dependencies. Never rejects. `work` must
 * itself end with its attempt.
 */
export async function withinAttempt<Result>(
  { operation, operationId, attemptNumber, timeoutMs, wheel, attempts }: AttemptFrame,
  work: (attempt: Attempt) => Promise<Result>,
): Promise<Result | FailedAttempt> {
  const attempt = new HandlerAttempt(operationId, attemptNumber, timeoutMs, operation.definition.name);
  wheel.start(attempt, timeoutMs);
  const generations = operation.uses.map(({ dependency }) => dependency.generation);
  try {
    attempts.begin(attempt);
    const result = await work(attempt);
    operation.uses.forEach(
      ({ dependency }, index) =>
        dependency.connection.countsCalls !== true && dependency.succeeded(generations[index]!),
    );
    return result;
  } catch (error) {
    return failedAttempt(operation, attempt, generations, error);
  } finally {
    attempt.cancel();
    attempt.end();
    attempts.finish(attempt);
  }
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
