import type { Logger } from "../ports.ts";

/** Those who want to be told. One that throws does not keep the others from hearing, nor ends the process. */
export class Listeners<Told> {
  readonly #listeners = new Set<(told: Told) => void>();
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** Answers how to stop listening. */
  add(listener: (told: Told) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  tell(told: Told): void {
    for (const listener of this.#listeners) {
      try {
        listener(told);
      } catch (error) {
        const name = error instanceof Error ? error.name : "unknown";
        this.#logger.error({ error: name }, "a listener of the journal failed");
      }
    }
  }
}
