import type { RetrySettings } from "../../config/types.ts";
import type { AdmissionPolicy } from "../../machines/contracts/admission-policy.ts";
import { type Effect, HandlerError, type HoldfastError } from "../errors.ts";
import { type Refused, refused } from "../operations/outcome.ts";
import { retryPauseMs } from "../operations/retry-pause.ts";
import type { Clock, Random } from "../ports.ts";
import type { TimerWheel } from "../timer-wheel.ts";
import { Attempt } from "./attempt.ts";
import { type AttemptsInFlight, isStopping } from "./attempts-in-flight.ts";
import type { ManagedDependency } from "./managed-dependency.ts";
import { Settling, settledOrAbandoned } from "./settling.ts";

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
  readonly attempts: AttemptsInFlight;
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
    if (ports.attempts.stopping) return refused("stopping", "The runtime is being stopped.", { retryAfterSeconds: 1 });
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
    const settling = new Settling();
    // The permit comes back when the work itself settles, also after the attempt has ended; or when it is given up.
    const giveBack = (): void => dependency.limit.give("live");
    ports.attempts.begin(attempt);
    try {
      const value = await untilEnded(attempt, async () => work(attempt), settling);
      dependency.succeeded(generation);
      return { status: "completed", value };
    } catch (error) {
      if (isStopping(attempt))
        return { status: "failed", effect: "unknown", error: attempt.endedBecause as HoldfastError };
      const failure = dependency.toError(error);
      dependency.failed(generation, failure);
      const triesAgain = failure.retryable && attemptNumber <= options.retries && !ports.attempts.stopping;
      if (!triesAgain) return { status: "failed", effect: failure.effect, error: failure };
    } finally {
      timeout.cancel();
      attempt.end();
      ports.attempts.finish(attempt);
      if (settling.isSettled) giveBack();
      else void settledOrAbandoned(settling, dependency.abandonAfterMs, ports.wheel).then(giveBack);
    }
    await ports.wheel.pause(retryPauseMs(options.retry, attemptNumber, ports.random));
  }
}

function untilEnded<Value>(attempt: Attempt, work: () => Promise<Value>, settling: Settling): Promise<Value> {
  return new Promise((resolve, reject) => {
    attempt.onEnd((reason) => reason !== undefined && reject(reason as Error));
    work()
      .finally(() => settling.settle())
      .then(resolve, reject);
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
