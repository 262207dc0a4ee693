/**
 * - `working`: what is asked for is written.
 * - `failing`: ends cannot be written (a full disk); they are tried again, and nothing is claimed meanwhile.
 * - `lost`: nothing can be written any more by this process; only a restart helps.
 */
export type StorageState = "working" | "failing" | "lost";

/** Whether the journal can be written, as the data plane has met it. */
export class StorageHealth {
  #endsFail = false;
  #lost = false;

  get state(): StorageState {
    if (this.#lost) return "lost";
    return this.#endsFail ? "failing" : "working";
  }

  endsFail(fail: boolean): void {
    this.#endsFail = fail;
  }

  lose(): void {
    this.#lost = true;
  }
}
