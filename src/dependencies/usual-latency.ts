/** Samples from which the first guess is made. */
const FIRST_SAMPLES = 10;
/** How far one window moves it: down at once, since a dependency is never quicker than it can be; up over minutes. */
const DOWN_BY = 1 / 4;
const UP_BY = 1 / 64;

/**
 * How long a call of one kind usually takes while its dependency is not pressed. It learns downwards from every window
 * and upwards only from calm ones: what a call takes in the middle of a crowd says how large the crowd is.
 */
export class UsualLatency {
  #usualMs = Number.NaN;
  #sumMs = 0;
  #calls = 0;

  /** NaN until enough calls have been seen. */
  get usualMs(): number {
    return this.#usualMs;
  }

  add(tookMs: number): void {
    this.#sumMs += tookMs;
    this.#calls += 1;
    if (this.#calls === FIRST_SAMPLES && Number.isNaN(this.#usualMs)) this.#usualMs = this.#sumMs / this.#calls;
  }

  /** A window has ended. */
  learn(calm: boolean): void {
    const { usualMs } = this;
    if (this.#calls > 0 && !Number.isNaN(usualMs)) {
      const meanMs = this.#sumMs / this.#calls;
      if (meanMs < usualMs) this.#usualMs += (meanMs - usualMs) * DOWN_BY;
      else if (calm) this.#usualMs += (meanMs - usualMs) * UP_BY;
      this.forget();
    }
  }

  /** It is so many times as slow as it was, and that is what is usual now. */
  takeForUsual(slowness: number): void {
    if (this.#calls > 0) this.#usualMs *= slowness;
    this.forget();
  }

  /** The calls since the last window say nothing. */
  forget(): void {
    this.#sumMs = 0;
    this.#calls = 0;
  }
}
