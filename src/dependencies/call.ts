import type { RetrySettings } from "../../config/types.ts";
import type { AdmissionPolicy } from "../../machines/contracts/admission-policy.ts";
import { type Effect, HandlerError, type HoldfastError } from "../errors.ts";
import type { Refused } from "../operations/outcome.ts";
import { overloadedRefusal, stoppingRefusal } from "../operations/refusals.ts";
import { retryPauseMs } from "../operations/retry-pause.ts";
import type { Clock, Random } from "../ports.ts";
import type { TimerWheel } from "../timer-wheel.ts";
import { Attempt } from "./attempt.ts";
import { PLAIN_CALL } from "./adaptive-limit.ts";
import { type AttemptsInFlight, isStopping } from "./attempts-in-flight.ts";
import { NO_SAMPLE } from "./call-samples.ts";
import type { FailedCall } from "./failed-call.ts";
import type { ManagedDependency } from "./managed-dependency.ts";

export type CallOutcome<Value> =
  | { readonly status: "completed"; readonly value: Value }
  | Refused
  | { readonly status: "failed"; readonly effect: Effect; readonly error: HoldfastError };

export interface CallOptions {
  /** What one attempt may take. Milliseconds; default `operations.attemptTimeoutMs`. */
  readonly attemptTimeoutMs?: number;
  /** Attempts after the first, for failures that may pass; default 0. */
  readonly retries?: number;
  /**
   * Aborted by the caller: the attempt ends, no other begins, and the outcome is `failed` with code `call_cancelled`.
   */
  readonly signal?: AbortSignal;
}

export interface CallPorts {
  readonly policy: () => AdmissionPolicy;
  readonly wheel: TimerWheel;
  readonly clock: Clock;
  readonly random: Random;
  readonly attempts: AttemptsInFlight;
  readonly defaults: { readonly attemptTimeoutMs: number; readonly retry: RetrySettings };
}

/** `{ signal }` for the work; the controller behind it is made when it is read. */
export type CallWork<Value> = (context: { readonly signal: AbortSignal }) => PromiseLike<Value> | Value;

/**
 * The pipeline without an operation: breaker, limit, timeout, retry, counters, and nothing on disk. For people who
 * now use cockatiel or opossum. Never rejects: a refusal and a failure are values.
 *
 * Written for speed, since it stands in front of calls that may be quicker than itself: one promise, one object that
 * is the attempt, the wheel's entry and the work's context at once, no timer, no reading of the clock, no
 * `AbortController` unless the work reads the signal, no `Error` for a refusal.
 */
export function callDependency<Value>(
  dependency: ManagedDependency,
  work: CallWork<Value>,
  options: CallOptions,
  ports: CallPorts,
): Promise<CallOutcome<Value>> {
  if (options.signal?.aborted === true) return Promise.resolve(cancelled(dependency, options.signal, "none"));
  const notNow = turnAway(dependency, ports);
  if (notNow !== undefined) return Promise.resolve(notNow);
  if (dependency.limit.available("live", ports.wheel.coarseMs) < 1) return Promise.resolve(noPermit(dependency));
  const promise = new Promise<CallOutcome<Value>>(captureAnswer);
  const answer = captured as (outcome: CallOutcome<Value>) => void;
  new CallAttempt(dependency, work, options, ports, answer, 1, false).run();
  return promise;
}

/** The executor of every call's promise: one function for all of them, since it runs before `new Promise` returns. */
const captureAnswer = (answer: unknown): void => {
  captured = answer;
};
let captured: unknown;

function turnAway(dependency: ManagedDependency, ports: CallPorts): Refused | undefined {
  if (ports.attempts.stopping) return stoppingRefusal();
  return dependency.closed ? undefined : dependency.refusal(ports.policy());
}

const noPermit = ({ name }: ManagedDependency): Refused => overloadedRefusal(`All permits of ${name} are in use.`);

/** One attempt of a call. It answers the caller when it ends, and gives its permit back when the work has settled. */
class CallAttempt<Value> extends Attempt {
  readonly #dependency: ManagedDependency;
  readonly #work: CallWork<Value>;
  readonly #options: CallOptions;
  readonly #ports: CallPorts;
  readonly #answer: (outcome: CallOutcome<Value>) => void;
  readonly #generation: number;
  /** An earlier attempt may have had its effect, which no later one can take back. */
  readonly #unknownBefore: boolean;
  #holdsPermit = true;
  #sample = NO_SAMPLE;
  #stopListening: (() => void) | undefined = undefined;

  constructor(
    dependency: ManagedDependency,
    work: CallWork<Value>,
    options: CallOptions,
    ports: CallPorts,
    answer: (outcome: CallOutcome<Value>) => void,
    number: number,
    unknownBefore: boolean,
  ) {
    super(
      "call",
      number,
      (options.attemptTimeoutMs ?? ports.defaults.attemptTimeoutMs) * ports.policy().attemptTimeoutFactor,
    );
    this.#dependency = dependency;
    this.#work = work;
    this.#options = options;
    this.#ports = ports;
    this.#answer = answer;
    this.#generation = dependency.generation;
    this.#unknownBefore = unknownBefore;
  }

  run(): void {
    const { signal } = this.#options;
    this.#dependency.limit.take("live");
    this.#sample = this.#dependency.beginSample();
    this.#ports.wheel.startCoarsely(this, this.timeoutMs);
    this.#ports.attempts.begin(this);
    if (signal !== undefined) this.#endWith(signal);
    let result: PromiseLike<Value> | Value;
    try {
      result = (0, this.#work)(this);
    } catch (error) {
      return this.#failed(error);
    }
    if (isPromiseLike(result))
      result.then(
        (value) => this.#succeeded(value),
        (error: unknown) => this.#failed(error),
      );
    else this.#succeeded(result);
  }

  /** Ended before the work was done: by its timeout, by `stop`, or by the caller. */
  override end(reason?: unknown): void {
    if (this.ended) return;
    super.end(reason);
    if (reason === undefined) return;
    this.#leave();
    this.#ports.wheel.start(this, this.#dependency.abandonAfterMs);
    const { signal } = this.#options;
    if (isStopping(this) || signal?.aborted === true) this.#dependency.endSample(this.#sample, PLAIN_CALL, "unsaid");
    if (isStopping(this)) this.#answer({ status: "failed", effect: "unknown", error: reason as HoldfastError });
    else if (signal?.aborted === true) this.#answer(cancelled(this.#dependency, signal, "unknown"));
    else this.#fail(reason);
  }

  /** The first time the attempt's own, the second time the end of the patience with work that goes on after it. */
  override onTimeout(): void {
    if (this.ended) this.#givePermitBack();
    else super.onTimeout();
  }

  protected override get subject(): string {
    return `The call to ${this.#dependency.name}`;
  }

  #succeeded(value: Value): void {
    if (!this.#settle()) return;
    if (this.#sample !== NO_SAMPLE) this.#dependency.endSample(this.#sample, PLAIN_CALL);
    this.#dependency.succeeded(this.#generation, this.#ports.wheel.coarseMs);
    this.#answer({ status: "completed", value });
  }

  #failed(error: unknown): void {
    if (this.#settle()) this.#fail(error);
  }

  /** The work has settled. False when its result comes too late to be told. */
  #settle(): boolean {
    this.cancel();
    this.#givePermitBack();
    if (this.ended) return false;
    super.end();
    this.#leave();
    return true;
  }

  #fail(thrown: unknown): void {
    const failure = this.#dependency.callFailed(this.#generation, thrown, this.#sample);
    if (failure.retryable && this.number <= (this.#options.retries ?? 0) && !this.#ports.attempts.stopping)
      void this.#tryAgain(failure);
    else this.#giveUp(failure);
  }

  #giveUp(failure: FailedCall): void {
    const effect = this.#effectAfter(failure);
    this.#answer(effect === failure.effect ? failure : { status: "failed", effect, error: failure.error });
  }

  #effectAfter(failure: FailedCall): Effect {
    return this.#unknownBefore ? "unknown" : failure.effect;
  }

  async #tryAgain(failure: FailedCall): Promise<void> {
    const { wheel, defaults, random } = this.#ports;
    const { signal } = this.#options;
    const pause = wheel.pause(retryPauseMs(defaults.retry, this.number, random));
    await (signal === undefined ? pause : pauseUntilAborted(pause, signal));
    if (signal?.aborted === true)
      return this.#answer(cancelled(this.#dependency, signal, this.#effectAfter(failure), failure.error));
    // Refused would say that nothing was called.
    const mayCall =
      turnAway(this.#dependency, this.#ports) === undefined &&
      this.#dependency.limit.available("live", wheel.coarseMs) >= 1;
    if (!mayCall) return this.#giveUp(failure);
    new CallAttempt(
      this.#dependency,
      this.#work,
      this.#options,
      this.#ports,
      this.#answer,
      this.number + 1,
      this.#effectAfter(failure) === "unknown",
    ).run();
  }

  #leave(): void {
    this.#stopListening?.();
    this.#ports.attempts.finish(this);
  }

  #givePermitBack(): void {
    if (!this.#holdsPermit) return;
    this.#holdsPermit = false;
    this.#dependency.limit.give("live");
  }

  #endWith(signal: AbortSignal): void {
    const onAbort = (): void => this.end(signal.reason ?? "aborted");
    signal.addEventListener("abort", onAbort, { once: true });
    this.#stopListening = () => signal.removeEventListener("abort", onAbort);
  }
}

function cancelled(
  dependency: ManagedDependency,
  signal: AbortSignal,
  effect: Effect,
  cause: unknown = signal.reason,
): CallOutcome<never> {
  const error = new HandlerError("call_cancelled", `The call to ${dependency.name} was cancelled by its caller.`, {
    cause,
  });
  return { status: "failed", effect, error };
}

function pauseUntilAborted(pause: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const onAbort = (): void => resolve();
    signal.addEventListener("abort", onAbort, { once: true });
    void pause.then(() => {
      signal.removeEventListener("abort", onAbort);
      resolve();
    });
  });
}

const isPromiseLike = <Value>(value: PromiseLike<Value> | Value): value is PromiseLike<Value> =>
  typeof (value as { then?: unknown } | null | undefined)?.then === "function";
