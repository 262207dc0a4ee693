import { PRIORITIES } from "../../machines/contracts/priority.ts";

/**
 * The numbers of live calls that found no permit, oldest first within a priority. In one line for all, an urgent call
 * would wait behind every other caller who still waits. Bounded by the pending submits.
 */
export class LiveCalls {
  readonly #byRank: readonly Set<number>[] = PRIORITIES.map(() => new Set<number>());

  add(sequence: number, rank: number): void {
    this.#byRank[rank]?.add(sequence);
  }

  delete(sequence: number, rank: number): void {
    this.#byRank[rank]?.delete(sequence);
  }

  /** Takes out so many, the most urgent first. */
  take(most: number): number[] {
    const taken: number[] = [];
    for (const sequences of this.#byRank)
      for (const sequence of sequences) {
        if (taken.length >= most) return taken;
        taken.push(sequence);
        sequences.delete(sequence);
      }
    return taken;
  }
}
