import { HoldfastError } from "../errors.ts";
import type { Attempt } from "./attempt.ts";

/**
 * Every attempt in flight, whatever began it: the queue, an operation off the disk, `runtime.call`. So `stop` knows
 * whom it waits for, and ends those that take too long.
 */
export class AttemptsInFlight {
  /**
   * The first `#size` places are taken, and each attempt knows its own: to leave, the last one takes it over. Not
   * shortened by leaving, which would move the whole array to a smaller one, and back with the next attempt.
   */
  readonly #attempts: (Attempt | undefined)[] = [];
  #size = 0;
  readonly #idle: (() => void)[] = [];
  #endedBecause: HoldfastError | undefined;

  get size(): number {
    return this.#size;
  }

  /** What is in flight now, each once. */
  *all(): Iterable<Attempt> {
    for (let place = 0; place < this.#size; place++) yield this.#attempts[place]!;
  }

  /** True from `endAll` on: nothing is tried again. */
  get stopping(): boolean {
    return this.#endedBecause !== undefined;
  }

  begin(attempt: Attempt): void {
    attempt.place = this.#size;
    this.#attempts[this.#size] = attempt;
    this.#size += 1;
    if (this.#endedBecause !== undefined) attempt.end(this.#endedBecause);
  }

  finish(attempt: Attempt): void {
    const { place } = attempt;
    if (place < 0) return;
    attempt.place = -1;
    this.#size -= 1;
    const last = this.#attempts[this.#size]!;
    this.#attempts[this.#size] = undefined;
    if (last !== attempt) {
      this.#attempts[place] = last;
      last.place = place;
    }
    if (this.#size === 0 && this.#idle.length > 0) for (const resolve of this.#idle.splice(0)) resolve();
  }

  /** Ends what is in flight, and whatever begins from now on. */
  endAll(reason: HoldfastError): void {
    this.#endedBecause = reason;
    // A copy: an attempt that ends may leave at once.
    for (const attempt of this.#attempts.slice(0, this.#size)) attempt!.end(reason);
  }

  /** Resolves when nothing is in flight. */
  idle(): Promise<void> {
    return this.#size === 0 ? Promise.resolve() : new Promise((resolve) => this.#idle.push(resolve));
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
