/** Those who want to be told. One that throws does not keep the others from hearing. */
export class Listeners<Told> {
  readonly #listeners = new Set<(told: Told) => void>();

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
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}
