import { PRIORITIES } from "../../machines/contracts/priority.ts";

/**
 * The numbers of live calls that found no permit, oldest first within a priority: each has its turn before the backlog of
 * its priority. Bounded by the pending submits.
 */
export class LiveCalls {
  readonly #byPriority: readonly Set<number>[] = PRIORITIES.map(() => new Set<number>());
  #hadTurn = false;

  add(sequence: number, priority: number): void {
    this.#byPriority[priority]?.add(sequence);
  }

  delete(sequence: number, priority: number): void {
    this.#byPriority[priority]?.delete(sequence);
  }

  get isEmpty(): boolean {
    return this.#byPriority.every(({ size }) => size === 0);
  }

  /** Every other time, where they share a single permit with a backlog. */
  takeTurn(): boolean {
    this.#hadTurn = !this.#hadTurn;
    return this.#hadTurn;
  }

  /** So many, the most urgent first; by priority. They stay until `drop`: a claim may have no room for them. */
  first(most: number): number[][] {
    let left = most;
    return this.#byPriority.map((sequences) => {
      const first: number[] = [];
      for (const sequence of sequences) {
        if (left <= 0) break;
        first.push(sequence);
        left -= 1;
      }
      return first;
    });
  }

  /** Of these, all but those that wait on have begun, or are no longer there. */
  drop(named: readonly (readonly number[])[], waiting: readonly number[]): void {
    const waits = new Set(waiting);
    for (const [priority, sequences] of named.entries())
      for (const sequence of sequences) if (!waits.has(sequence)) this.delete(sequence, priority);
  }
}
