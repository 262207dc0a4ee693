/**
 * A sliding window in a fixed number of slices: the oldest falls out whole. Only `advance` knows the time, so that
 * whoever records needs no clock: what happens between two readings counts in the slice of the earlier one.
 */
export class Slices<Slice> {
  readonly #sliceMs: number;
  readonly #slices: readonly Slice[];
  readonly #clear: (slice: Slice) => void;
  #number = -1;
  /** Where to record. */
  current: Slice;

  constructor(windowMs: number, count: number, make: () => Slice, clear: (slice: Slice) => void) {
    this.#sliceMs = windowMs / count;
    this.#slices = Array.from({ length: count }, make);
    this.#clear = clear;
    this.current = this.#slices[0]!;
  }

  get all(): readonly Slice[] {
    return this.#slices;
  }

  /** Clears what is too old by now. */
  advance(nowMs: number): void {
    const { length } = this.#slices;
    const number = Math.floor(nowMs / this.#sliceMs);
    // The first slice that was not yet reached; after a long pause, all of them.
    for (let passed = Math.max(this.#number + 1, number - length + 1); passed <= number; passed++)
      this.#clear(this.#slices[passed % length]!);
    this.#number = Math.max(this.#number, number);
    this.current = this.#slices[this.#number % length]!;
  }

  /** Empties the window, which begins anew. */
  restart(nowMs: number): void {
    for (const slice of this.#slices) this.#clear(slice);
    this.#number = Math.floor(nowMs / this.#sliceMs);
    this.current = this.#slices[this.#number % this.#slices.length]!;
  }
}
