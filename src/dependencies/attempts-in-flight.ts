import { HoldfastError } from "../errors.ts";
import type { Attempt } from "./attempt.ts";

/**
 * Every attempt in flight, whatever began it: the queue, an operation off the disk, `runtime.call`. So `stop` knows
 * whom it waits for, and ends those that take too long.
 */
export class AttemptsInFlight {
  readonly #attempts = new Set<Attempt>();
  readonly #idle: (() => void)[] = [];
  #endedBecause: HoldfastError | undefined;

  get size(): number {
    return this.#attempts.size;
  }

  /** True from `endAll` on: nothing is tried again. */
  get stopping(): boolean {
    return this.#endedBecause !== undefined;
  }

  begin(attempt: Attempt): void {
    this.#attempts.add(attempt);
    if (this.#endedBecause !== undefined) attempt.end(this.#endedBecause);
  }

  finish(attempt: Attempt): void {
    this.#attempts.delete(attempt);
    if (this.#attempts.size === 0) for (const resolve of this.#idle.splice(0)) resolve();
  }

  /** Ends what is in flight, and whatever begins from now on. */
  endAll(reason: HoldfastError): void {
    this.#endedBecause = reason;
    for (const attempt of this.#attempts) attempt.end(reason);
  }

  /** Resolves when nothing is in flight. */
  idle(): Promise<void> {
    return this.#attempts.size === 0 ? Promise.resolve() : new Promise((resolve) => this.#idle.push(resolve));
  }
}

export const stoppingReason = (): HoldfastError =>
  new HoldfastError(
    "runtime_stopping",
    "The runtime is being stopped; the operation waits on disk for the next start.",
    { retryable: true },
  );

/** It was ended by `stop`, which says nothing about whoever owed it an answer. */
export const isStopping = ({ endedBecause }: Attempt): boolean =>
  endedBecause instanceof HoldfastError && endedBecause.code === "runtime_stopping";
