/**
 * - `working`: what is asked for is written.
 * - `failing`: ends cannot be written (a full disk); they are tried again, and nothing is claimed meanwhile.
 * - `restarting`: the thread that writes has ended, and another one is to take over; what is asked for waits.
 * - `lost`: nothing can be written any more by this process; only a restart helps.
 */
export type StorageState = "working" | "failing" | "restarting" | "lost";

/** Whether the journal can be written, as the data plane has met it. */
export class StorageHealth {
  #endsFail = false;
  #down = false;
  #lost = false;

  get state(): StorageState {
    if (this.#lost) return "lost";
    if (this.#down) return "restarting";
    return this.#endsFail ? "failing" : "working";
  }

  endsFail(fail: boolean): void {
    this.#endsFail = fail;
  }

  isDown(down: boolean): void {
    this.#down = down;
  }

  lose(): void {
    this.#lost = true;
  }
}
