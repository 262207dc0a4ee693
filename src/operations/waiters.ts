import type { Effect, HoldfastError } from "../errors.ts";

/** How an operation ended, as far as somebody who waits for it wants to know. */
export type Ending =
  | { readonly outcome: "completed"; readonly resultText: string | undefined; readonly valueOmitted: boolean }
  /** `effect`: none where it is not given. */
  | { readonly outcome: "failed"; readonly error: HoldfastError; readonly effect?: Effect }
  | { readonly outcome: "cancelled" | "expired" | "discarded" };

export interface Waiter {
  /** True for the caller whose submit was accepted, and who has no answer yet: a failure can be told to nobody else. */
  readonly isSubmitter: boolean;
  /** True once an attempt has failed and another will follow. */
  retrying: boolean;
  /** True once it has been claimed: what it waited for before is not what it waits for now. */
  running: boolean;
  settle(ending: Ending): void;
  /** The runtime stops, or its store is lost: what waits, waits on disk. */
  release(): void;
}

/**
 * The callers that wait for the end of an operation, by its number. Bounded by the pending submits. Who waits
 * decides what a failure becomes: told, if somebody is there; a dead letter for a person, if nobody is.
 */
export class Waiters {
  readonly #bySequence = new Map<number, Set<Waiter>>();
  #released = false;

  get size(): number {
    return this.#bySequence.size;
  }

  add(sequence: number, waiter: Waiter): void {
    if (this.#released) {
      waiter.release();
      return;
    }
    const waiters = this.#bySequence.get(sequence);
    if (waiters === undefined) this.#bySequence.set(sequence, new Set([waiter]));
    else waiters.add(waiter);
  }

  /** The caller is answered otherwise and does not wait any more. False when it was taken before: then its taker answers. */
  remove(sequence: number, waiter: Waiter): boolean {
    const waiters = this.#bySequence.get(sequence);
    if (waiters?.delete(waiter) !== true) return false;
    if (waiters.size === 0) this.#bySequence.delete(sequence);
    return true;
  }

  /** Takes everybody who waits for this operation: from now on they are the taker's to answer. */
  take(sequence: number): readonly Waiter[] {
    const waiters = this.#bySequence.get(sequence);
    if (waiters === undefined) return [];
    this.#bySequence.delete(sequence);
    return [...waiters];
  }

  /** Whether the submitter still waits, so that a failure can be told instead of being kept. */
  hasSubmitter(sequence: number): boolean {
    for (const waiter of this.#bySequence.get(sequence) ?? []) if (waiter.isSubmitter) return true;
    return false;
  }

  settle(sequence: number, ending: Ending): void {
    for (const waiter of this.take(sequence)) waiter.settle(ending);
  }

  /** Answers everybody who still waits, and whoever comes from now on: the end comes after a restart. */
  releaseAll(): void {
    this.#released = true;
    const all = [...this.#bySequence.values()].flatMap((waiters) => [...waiters]);
    this.#bySequence.clear();
    for (const waiter of all) waiter.release();
  }

  markRunning(sequence: number): void {
    for (const waiter of this.#bySequence.get(sequence) ?? []) waiter.running = true;
  }

  markRetrying(sequence: number): void {
    for (const waiter of this.#bySequence.get(sequence) ?? []) waiter.retrying = true;
  }
}
