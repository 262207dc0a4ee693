import type { BreakerSettings, RuntimeConfig } from "../../config/types.ts";
import type { AdmissionPolicy } from "../../machines/contracts/admission-policy.ts";
import { DependencyError, type DependencyFailureKind, HandlerError, HoldfastError } from "../errors.ts";
import type { Refused } from "../operations/outcome.ts";
import type { Clock, Logger } from "../ports.ts";
import { PLAIN_CALL } from "./adaptive-limit.ts";
import { BreakerCounters } from "./breaker-counters.ts";
import { NO_SAMPLE } from "./call-samples.ts";
import { ConcurrencyLimit } from "./concurrency-limit.ts";
import type { Dependency, DependencyConnection } from "./dependency.ts";
import { CALL_FAILED, FailedCall } from "./failed-call.ts";
import { foreignErrorText } from "./foreign-error.ts";
import type { ActionResult, CallsFailed, ProbeResult } from "./health.ts";
import { Unavailable } from "./unavailable.ts";

/** A dependency within one runtime: its connection, its counters and its concurrency limit. */
export class ManagedDependency {
  readonly name: string;
  readonly connection: DependencyConnection;
  readonly breaker: BreakerSettings;
  readonly limit: ConcurrencyLimit;
  readonly abandonAfterMs: number;
  readonly #counters: BreakerCounters;
  readonly #unavailable: Unavailable;
  readonly #clock: Clock;
  #generation = -1;
  #closed = false;
  /** A crossing that no breaker heard of, because its actor was down: said again when there is a policy of it. */
  #unheard: CallsFailed | undefined;
  /** Told when more calls failed than the breaker tolerates; false when nobody heard it. */
  onCallsFailed: (report: CallsFailed) => boolean = () => false;

  constructor(dependency: Dependency, config: RuntimeConfig, clock: Clock, logger: Logger) {
    this.name = dependency.name;
    this.breaker = { ...config.breaker, ...dependency.breaker };
    const concurrency = { ...config.concurrency, ...dependency.concurrency };
    this.abandonAfterMs = concurrency.abandonAfterMs;
    this.limit = new ConcurrencyLimit(concurrency);
    this.#counters = new BreakerCounters(dependency.name, this.breaker);
    this.#unavailable = new Unavailable(dependency.name);
    this.#clock = clock;
    this.connection = dependency.connect({ clock, logger });
  }

  /** The generation in which a call that begins now belongs. */
  get generation(): number {
    return this.#generation;
  }

  /** False from the moment at which the breaker left `closed`, until it is closed again. */
  get closed(): boolean {
    return this.#closed;
  }

  get counters(): Pick<
    BreakerCounters,
    "consecutiveFailures" | "windowCalls" | "windowFailures" | "everCalls" | "everFailures"
  > {
    return this.#counters;
  }

  /** Takes over what a new policy says of this dependency. */
  apply(policy: AdmissionPolicy): void {
    const admission = policy.dependencies[this.name];
    if (admission === undefined) return;
    const closed = admission.decision === "run";
    if (admission.generation !== this.#generation) {
      this.#generation = admission.generation;
      this.#counters.enter(admission.generation);
    }
    if (closed && !this.#closed) this.limit.slowStart(this.#clock.monotonicMs());
    this.#closed = closed;
    this.limit.apply(policy.concurrencyFactor, admission.backlogShare);
    const unheard = this.#unheard;
    if (unheard !== undefined && admission.state !== "ownerless") {
      this.#unheard = undefined;
      if (unheard.generation === admission.generation && closed) queueMicrotask(() => this.#report(unheard));
    }
  }

  /** For a call that comes while the breaker is not closed. */
  refusal(policy: AdmissionPolicy): Refused {
    return this.#unavailable.refusal(policy.dependencies[this.name], this.#clock.now());
  }

  /** For a call that begins now, and has its permit: with what it is ended for the adaptive limit. */
  beginSample(): number {
    return this.limit.beginSample(this.#clock);
  }

  /**
   * @param kind what it may be compared with
   * @param failure what it failed with: a `DependencyError`'s kind, `unsaid` for what says nothing of the dependency
   */
  endSample(sample: number, kind: number, failure?: DependencyFailureKind | "unsaid"): void {
    if (sample === NO_SAMPLE) return;
    const end =
      failure === undefined
        ? "answered"
        : failure === "unavailable" || failure === "overloaded"
          ? "overloaded"
          : "unsaid";
    this.limit.endSample(sample, kind, end, this.#clock.monotonicMs());
  }

  /** @param atMs when to count it, in monotonic time; the window takes it as no older than what it has seen */
  succeeded(generation: number, atMs: number = this.#clock.monotonicMs()): void {
    this.#counters.success(generation, atMs);
  }

  /** Counts what its kind says about the dependency's health: an answer, even a bad one, is a sign of life. */
  failed(generation: number, error: DependencyError): void {
    if (generation !== this.#generation) return;
    if (error.kind === "misconfigured") {
      this.#report({
        dependency: this.name,
        generation,
        misconfigured: true,
        cause: { actor: `calls:${this.name}`, what: error.message, values: { code: error.code } },
      });
      return;
    }
    this.#count(generation, error.kind, error.code);
  }

  /** `failed` for what a call threw; no error is made of it before somebody reads one. */
  callFailed(generation: number, thrown: unknown, sample: number): FailedCall {
    const kind = thrown instanceof HoldfastError ? undefined : this.connection.kindOf?.(thrown);
    if (kind === undefined || kind === "misconfigured") {
      const error = this.toError(thrown);
      this.endSample(sample, PLAIN_CALL, error.kind);
      this.failed(generation, error);
      return new FailedCall(this, error, error.kind, error.effect);
    }
    this.endSample(sample, PLAIN_CALL, kind);
    if (generation === this.#generation) this.#count(generation, kind, CALL_FAILED);
    return new FailedCall(this, thrown, kind);
  }

  #count(generation: number, kind: DependencyFailureKind, code: string): void {
    if (kind === "rejected" || kind === "contention") return this.succeeded(generation);
    const cause = this.#counters.failure(generation, this.#clock.monotonicMs(), code);
    if (cause !== undefined) this.#report({ dependency: this.name, generation, misconfigured: false, cause });
  }

  /** What a failed call means, where the call as a whole belongs to this dependency. */
  toError(error: unknown): DependencyError {
    if (error instanceof DependencyError && error.dependency === this.name) return error;
    const known =
      this.connection.classify(error) ?? (error instanceof HandlerError ? undefined : this.connection.toError?.(error));
    if (known !== undefined) return known;
    const code = error instanceof HandlerError ? error.code : CALL_FAILED;
    const message = error instanceof HoldfastError ? error.message : `The call failed: ${foreignErrorText(error)}.`;
    return new DependencyError(code, message, {
      dependency: this.name,
      kind: "unavailable",
      effect: "unknown",
      cause: error,
    });
  }

  async probe(): Promise<ProbeResult> {
    const startedAtMs = this.#clock.monotonicMs();
    try {
      await this.connection.probe(this.breaker.probeTimeoutMs);
      return { ok: true, tookMs: this.#clock.monotonicMs() - startedAtMs };
    } catch (error) {
      const failure = error instanceof DependencyError ? error : this.connection.classify(error);
      if (failure === undefined)
        return {
          ok: false,
          code: "probe_failed",
          message: error instanceof HoldfastError ? error.message : `the probe failed: ${foreignErrorText(error)}`,
          misconfigured: false,
          reconnect: false,
        };
      return {
        ok: false,
        code: failure.code,
        message: failure.message,
        misconfigured: failure.kind === "misconfigured",
        reconnect: failure.reconnect,
      };
    }
  }

  async reconnect(): Promise<ActionResult> {
    try {
      await this.connection.reconnect();
      return { ok: true, detail: "connections were built anew" };
    } catch (error) {
      return { ok: false, detail: this.toError(error).code };
    }
  }

  #report(report: CallsFailed): void {
    if (!this.onCallsFailed(report)) this.#unheard = report;
  }
}
