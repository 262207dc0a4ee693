import { InvalidValueError } from "../errors.ts";

/** The numbers that this process gives out. A number is the order within its lane, so the writer must see them rise. */
export class SequenceNumbers {
  #last: number;
  #lastUsed: number;

  /** @param highWater the last number that was given out before */
  constructor(highWater: number) {
    this.#last = highWater;
    this.#lastUsed = highWater;
  }

  get last(): number {
    return this.#last;
  }

  take(): number {
    this.#last += 1;
    return this.#last;
  }

  /** @throws InvalidValueError `invalid_acceptance` where it does not rise */
  use(sequence: number): void {
    if (sequence <= this.#lastUsed)
      throw new InvalidValueError(
        "invalid_acceptance",
        "sequence",
        `an acceptance's sequence must be above ${this.#lastUsed}: take it from takeSequence, and accept in the same tick`,
      );
    this.#lastUsed = sequence;
    this.#last = Math.max(this.#last, sequence);
  }
}
