import type { BreakerSettings } from "../../config/types.ts";
import type { Cause } from "../../machines/contracts/cause.ts";
import { CallWindow } from "./call-window.ts";

/**
 * Counts a dependency's results on the data plane and says when a limit is crossed; the breaker's machine decides.
 * A result counts only in the generation in which its call began: what comes back late, after the breaker opened
 * or closed, says nothing about now.
 */
export class BreakerCounters {
  readonly #dependency: string;
  readonly #settings: BreakerSettings;
  readonly #window: CallWindow;
  #generation = 0;
  #consecutiveFailures = 0;

  constructor(dependency: string, settings: BreakerSettings) {
    this.#dependency = dependency;
    this.#settings = settings;
    this.#window = new CallWindow(settings.windowMs);
  }

  get consecutiveFailures(): number {
    return this.#consecutiveFailures;
  }

  get windowCalls(): number {
    return this.#window.calls;
  }

  get windowFailures(): number {
    return this.#window.failures;
  }

  /** Calls counted since the start, over all generations. */
  get everCalls(): number {
    return this.#window.everCalls;
  }

  get everFailures(): number {
    return this.#window.everFailures;
  }

  /** A new generation begins with empty counters. */
  enter(generation: number): void {
    if (generation === this.#generation) return;
    this.#generation = generation;
    this.#consecutiveFailures = 0;
    this.#window.reset();
  }

  success(generation: number, nowMs: number): void {
    if (generation !== this.#generation) return;
    this.#consecutiveFailures = 0;
    this.#window.record(nowMs, false);
  }

  /** The cause to report when this failure is more than the breaker tolerates; undefined otherwise. */
  failure(generation: number, nowMs: number, code: string): Cause | undefined {
    if (generation !== this.#generation) return undefined;
    this.#consecutiveFailures += 1;
    this.#window.record(nowMs, true);
    const { consecutiveFailures, failureRate, minimumCalls } = this.#settings;
    if (this.#consecutiveFailures >= consecutiveFailures)
      return this.#cause(
        `${this.#consecutiveFailures} failures in a row (limit ${consecutiveFailures}); last ${code}`,
        {
          consecutiveFailures: this.#consecutiveFailures,
          limit: consecutiveFailures,
          code,
        },
      );
    const { calls, failures } = this.#window;
    if (calls >= minimumCalls && failures >= calls * failureRate)
      return this.#cause(
        `${failures} of ${calls} calls failed within ${this.#settings.windowMs} ms (limit ${failureRate * 100} % of at least ${minimumCalls}); last ${code}`,
        {
          failures,
          calls,
          failureRate: failures / calls,
          limit: failureRate,
          minimumCalls,
          windowMs: this.#settings.windowMs,
          code,
        },
      );
    return undefined;
  }

  #cause(what: string, values: NonNullable<Cause["values"]>): Cause {
    return { actor: `calls:${this.#dependency}`, what, values };
  }
}
