const STEP_MS = 250;

/** Asks for the slow steps that nobody else asks for: the walk for expired rows, and the time of the last writing. */
export class Heartbeat {
  readonly #timer: NodeJS.Timeout;

  constructor(beat: () => void) {
    this.#timer = setInterval(beat, STEP_MS).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
