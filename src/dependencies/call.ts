import type { RetrySettings } from "../../config/types.ts";
import type { AdmissionPolicy } from "../../machines/contracts/admission-policy.ts";
import { type Effect, HandlerError, type HoldfastError } from "../errors.ts";
import { type Refused, refused } from "../operations/outcome.ts";
import { retryPauseMs } from "../operations/retry-pause.ts";
import type { Clock, Random } from "../ports.ts";
import type { TimerWheel } from "../timer-wheel.ts";
import { Attempt } from "./attempt.ts";
import type { ManagedDependency } from "./managed-dependency.ts";

export type CallOutcome<Value> =
  | { readonly status: "completed"; readonly value: Value }
  | Refused
  | { readonly status: "failed"; readonly effect: Effect; readonly error: HoldfastError };

export interface CallOptions {
  /** What one attempt may take. Milliseconds. */
  readonly attemptTimeoutMs: number;
  /** Attempts after the first, for failures that may pass. */
  readonly retries: number;
  readonly retry: RetrySettings;
}

export interface CallPorts {
  readonly policy: () => AdmissionPolicy;
  readonly wheel: TimerWheel;
  readonly clock: Clock;
  readonly random: Random;
}

/** `{ signal }` for the work; the controller behind it is made when it is read. */
export type CallWork<Value> = (context: { readonly signal: AbortSignal }) => Promise<Value> | Value;

/**
 * The pipeline without an operation: breaker, limit, timeout, retry, counters, and nothing on disk. For people who
 * now use cockatiel or opossum. Never rejects: a refusal and a failure are values.
 */
export async function callDependency<Value>(
  dependency: ManagedDependency,
  work: CallWork<Value>,
  options: CallOptions,
  ports: CallPorts,
): Promise<CallOutcome<Value>> {
  for (let attemptNumber = 1; ; attemptNumber++) {
    if (!dependency.closed) return notNow(dependency, ports);
    if (dependency.limit.available("live", ports.clock.monotonicMs()) < 1)
      return refused("overloaded", `All permits of ${dependency.name} are in use.`, { retryAfterSeconds: 1 });
    const { generation } = dependency;
    dependency.limit.take("live");
    const attempt = new Attempt("call", attemptNumber, options.attemptTimeoutMs * ports.policy().attemptTimeoutFactor);
    const timeout = ports.wheel.add(attempt.timeoutMs, () =>
      attempt.end(
        new HandlerError(
          "attempt_timeout",
          `The call to ${dependency.name} had not finished after ${attempt.timeoutMs} ms.`,
          { retryable: true },
        ),
      ),
    );
    try {
      const value = await settle(
        attempt,
        async () => work(attempt),
        () => dependency.limit.give("live"),
      );
      dependency.succeeded(generation);
      return { status: "completed", value };
    } catch (error) {
      const failure = dependency.toError(error);
      dependency.failed(generation, failure);
      const triesAgain = failure.retryable && attemptNumber <= options.retries;
      if (!triesAgain) return { status: "failed", effect: failure.effect, error: failure };
    } finally {
      timeout.cancel();
      attempt.end();
    }
    await new Promise<void>((resolve) =>
      ports.wheel.add(retryPauseMs(options.retry, attemptNumber, ports.random), resolve),
    );
  }
}

/** The permit comes back when the work itself settles, also after the attempt has ended. */
function settle<Value>(attempt: Attempt, work: () => Promise<Value>, onSettled: () => void): Promise<Value> {
  return new Promise((resolve, reject) => {
    attempt.onEnd((reason) => reason !== undefined && reject(reason as Error));
    work().finally(onSettled).then(resolve, reject);
  });
}

function notNow(dependency: ManagedDependency, ports: CallPorts): Refused {
  const admission = ports.policy().dependencies[dependency.name];
  const seconds =
    admission?.nextProbeAt === undefined
      ? 1
      : Math.max(1, Math.ceil((admission.nextProbeAt - ports.clock.now()) / 1_000));
  return refused(
    "unavailable",
    `${dependency.name} is not to be called now: ${admission?.cause.what ?? "its breaker has not closed yet"}.`,
    {
      retryAfterSeconds: seconds,
      ...(admission === undefined ? {} : { cause: admission.cause }),
    },
  );
}
