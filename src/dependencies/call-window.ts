/** Slices of the window: the oldest falls out whole, so the window is exact to a tenth. */
const SLICES = 10;

/**
 * Calls and failures of the last `windowMs`, in ten slices: constant memory, and constant time per call
 * whatever the traffic.
 */
export class CallWindow {
  readonly #sliceMs: number;
  readonly #calls = new Uint32Array(SLICES);
  readonly #failures = new Uint32Array(SLICES);
  #slice = -1;
  #index = 0;
  #sliceEndsMs = Number.NEGATIVE_INFINITY;
  #totalCalls = 0;
  #totalFailures = 0;
  /** What has left the window, so that everything ever counted is known without counting each call twice. */
  #leftCalls = 0;
  #leftFailures = 0;

  constructor(windowMs: number) {
    this.#sliceMs = windowMs / SLICES;
  }

  get calls(): number {
    return this.#totalCalls;
  }

  get failures(): number {
    return this.#totalFailures;
  }

  /** Calls since the start, whatever the window has forgotten. */
  get everCalls(): number {
    return this.#leftCalls + this.#totalCalls;
  }

  get everFailures(): number {
    return this.#leftFailures + this.#totalFailures;
  }

  record(nowMs: number, failed: boolean): void {
    // What is told late counts in the latest slice: time in a window never goes back.
    if (nowMs >= this.#sliceEndsMs) this.#advance(nowMs);
    const index = this.#index;
    this.#calls[index]! += 1;
    this.#totalCalls += 1;
    if (failed) {
      this.#failures[index]! += 1;
      this.#totalFailures += 1;
    }
  }

  reset(): void {
    this.#leftCalls += this.#totalCalls;
    this.#leftFailures += this.#totalFailures;
    this.#calls.fill(0);
    this.#failures.fill(0);
    this.#slice = -1;
    this.#sliceEndsMs = Number.NEGATIVE_INFINITY;
    this.#totalCalls = 0;
    this.#totalFailures = 0;
  }

  #advance(nowMs: number): void {
    const slice = Math.floor(nowMs / this.#sliceMs);
    if (this.#slice === -1 || slice - this.#slice >= SLICES) this.reset();
    else
      for (let passed = this.#slice + 1; passed <= slice; passed++) {
        const index = passed % SLICES;
        this.#totalCalls -= this.#calls[index]!;
        this.#totalFailures -= this.#failures[index]!;
        this.#leftCalls += this.#calls[index]!;
        this.#leftFailures += this.#failures[index]!;
        this.#calls[index] = 0;
        this.#failures[index] = 0;
      }
    this.#slice = slice;
    this.#index = slice % SLICES;
    this.#sliceEndsMs = (slice + 1) * this.#sliceMs;
  }
}
