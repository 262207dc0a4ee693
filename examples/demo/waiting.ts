/** Lets somebody wait for what they want to see among all that has been heard so far. */
export class Waiting<Heard> {
  readonly #signal: AbortSignal;
  readonly #heard: () => Heard;
  readonly #waiting = new Set<() => void>();
  #failure: Error | undefined;

  /** `signal` ends every wait: the time limit, or Ctrl-C. */
  constructor(signal: AbortSignal, heard: () => Heard) {
    this.#signal = signal;
    this.#heard = heard;
    signal.addEventListener("abort", () => this.look());
  }

  /** Something has been heard. */
  look(): void {
    for (const look of this.#waiting) look();
  }

  fail(error: Error): void {
    this.#failure ??= error;
    this.look();
  }

  /** Resolves when `find` finds something, looking again with every report. Rejects when a process has failed, or at the time limit. */
  until<Found>(find: (heard: Heard) => Found | undefined | false): Promise<Found> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const failure = this.#failure ?? (this.#signal.aborted ? (this.#signal.reason as Error) : undefined);
        const found = failure === undefined ? find(this.#heard()) : undefined;
        if (failure === undefined && (found === undefined || found === false)) return;
        this.#waiting.delete(look);
        if (failure === undefined) resolve(found as Found);
        else reject(failure);
      };
      this.#waiting.add(look);
      look();
    });
  }
}
