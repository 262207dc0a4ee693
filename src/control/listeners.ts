import type { Logger } from "../ports.ts";

/** Whom to call. A listener that throws is logged; neither the others nor the machine that told notice. */
export class Listeners<Value> {
  readonly #listeners = new Set<(value: Value) => void>();
  readonly #logger: Logger;
  readonly #what: string;

  constructor(what: string, logger: Logger) {
    this.#what = what;
    this.#logger = logger;
  }

  /** Returns a function that takes the listener away again. */
  add(listener: (value: Value) => void): () => void {
    const own = (value: Value) => listener(value);
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }

  tell(value: Value): void {
    for (const listener of this.#listeners) {
      try {
        listener(value);
      } catch (error) {
        const threw = error instanceof Error ? error.name : typeof error;
        this.#logger.error({ listener: this.#what, threw }, "a listener of the control plane threw");
      }
    }
  }
}
