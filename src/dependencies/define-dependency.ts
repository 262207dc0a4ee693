import type { BreakerSettings, ConcurrencySettings } from "../../config/types.ts";
import {
  DependencyError,
  type DependencyFailureKind,
  effectOf,
  HandlerError,
  HoldfastError,
  MisuseError,
} from "../errors.ts";
import { PLAIN_CALL } from "./adaptive-limit.ts";
import type { Attempt } from "./attempt.ts";
import { isStopping } from "./attempts-in-flight.ts";
import { NO_SAMPLE } from "./call-samples.ts";
import { CALL_FAILED } from "./failed-call.ts";
import { foreignErrorText } from "./foreign-error.ts";
import type { CallCounts, Dependency, DependencyConnection } from "./dependency.ts";

export interface DependencyOptions {
  /** Unique within a runtime: letters, digits, dots, dashes, underscores. */
  readonly name: string;
  /** Resolves when the dependency works. Called while the breaker is not closed, and at the start. */
  readonly probe: (context: { readonly signal: AbortSignal }) => unknown;
  /**
   * What a failure of a call means; the default takes every failure as `unavailable`. Return `rejected` for answers
   * that say the call itself is wrong (an HTTP 400), so that they neither open the breaker nor are retried.
   */
  readonly classify?: (error: unknown) => DependencyFailureKind;
  readonly breaker?: Partial<BreakerSettings>;
  readonly concurrency?: Partial<ConcurrencySettings>;
}

/** What a handler gets for such a dependency: a call has an owner, a signal, and a key that stays the same over replays. */
export interface CallHandle {
  call<Value>(
    work: (context: { readonly signal: AbortSignal; readonly idempotencyKey: string }) => Promise<Value> | Value,
  ): Promise<Value>;
}

const NAME_PATTERN = /^[A-Za-z][A-Za-z0-9._-]{0,63}$/;

export function checkDependencyName(name: string): void {
  if (!NAME_PATTERN.test(name))
    throw new MisuseError(
      "invalid_dependency",
      `A dependency's name must start with a letter and have only letters, digits, dots, dashes and underscores (64 at most), not ${JSON.stringify(name)}.`,
    );
}

/**
 * An external system without receipts (an HTTP service, a search engine). Calls to it happen at least once: pass
 * `idempotencyKey` on where the other side takes one.
 *
 * @throws MisuseError `invalid_dependency` for a name that cannot be used
 */
export function dependency(options: DependencyOptions): Dependency<CallHandle> {
  checkDependencyName(options.name);
  return Object.freeze({
    name: options.name,
    breaker: options.breaker ?? {},
    concurrency: options.concurrency ?? {},
    connect: () => new CallConnection(options),
  });
}

class CallConnection implements DependencyConnection<CallHandle> {
  readonly countsCalls = true;
  readonly #options: DependencyOptions;

  constructor(options: DependencyOptions) {
    this.#options = options;
  }

  async probe(timeoutMs: number): Promise<void> {
    try {
      const signal = AbortSignal.timeout(timeoutMs);
      await Promise.race([
        this.#options.probe({ signal }),
        new Promise((_, reject) =>
          signal.addEventListener("abort", () => reject(new Error(`no answer within ${timeoutMs} ms`))),
        ),
      ]);
    } catch (error) {
      throw this.toError(error);
    }
  }

  async reconnect(): Promise<void> {}

  async close(): Promise<void> {}

  classify(error: unknown): DependencyError | undefined {
    return error instanceof DependencyError && error.dependency === this.#options.name ? error : undefined;
  }

  handle(attempt: Attempt, calls?: CallCounts): CallHandle {
    return {
      call: async (work) => {
        if (attempt.ended)
          throw new HandlerError("attempt_ended", "This attempt is over; its handles cannot be used any more.");
        const generation = calls?.generation ?? 0;
        const sample = calls?.beginSample() ?? NO_SAMPLE;
        let said: DependencyFailureKind | "unsaid" | undefined = "unsaid";
        let stopListening: (() => void) | undefined;
        try {
          const value = await Promise.race([
            work({ signal: attempt.signal, idempotencyKey: attempt.operationId }),
            new Promise<never>((_, reject) => {
              stopListening = attempt.onEnd(() => reject(new Error(`no answer within ${attempt.timeoutMs} ms`)));
            }),
          ]);
          said = undefined;
          calls?.succeeded(generation);
          return value;
        } catch (error) {
          // Ours already: another handle's failure, which has its own owner.
          if (error instanceof HandlerError) throw error;
          const failure = this.toError(error);
          if (failure.dependency === this.#options.name && !isStopping(attempt)) {
            said = failure.kind;
            calls?.failed(generation, failure);
          }
          throw failure;
        } finally {
          calls?.endSample(sample, PLAIN_CALL, said);
          stopListening?.();
        }
      },
    };
  }

  toError(error: unknown): DependencyError {
    if (error instanceof DependencyError) return error;
    const kind = this.kindOf(error);
    return new DependencyError(
      CALL_FAILED,
      `A call to ${this.#options.name} failed: ${error instanceof HoldfastError ? error.message : foreignErrorText(error)}`,
      {
        dependency: this.#options.name,
        kind,
        effect: effectOf(kind),
        cause: error,
      },
    );
  }

  kindOf(error: unknown): DependencyFailureKind {
    return this.#options.classify?.(error) ?? "unavailable";
  }
}
