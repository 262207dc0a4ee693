import type { StorageSettings } from "../../config/types.ts";

export type RestartSettings = Pick<
  StorageSettings,
  "maximumRestarts" | "restartWindowMs" | "initialRestartPauseMs" | "maximumRestartPauseMs"
>;

/** How often something may be started anew: at once for the first time, then after a pause that doubles, so many times in a while. */
export class RestartBudget {
  readonly #settings: RestartSettings;
  readonly #taken: number[] = [];

  constructor(settings: RestartSettings) {
    this.#settings = settings;
  }

  /** How long to wait before the next restart, which is counted by this; undefined when there must be none. */
  take(now: number): number | undefined {
    const { initialRestartPauseMs, maximumRestartPauseMs } = this.#settings;
    if (this.left(now) === 0) return undefined;
    const before = this.#taken.length;
    this.#taken.push(now);
    return before === 0 ? 0 : Math.min(maximumRestartPauseMs, initialRestartPauseMs * 2 ** (before - 1));
  }

  left(now: number): number {
    const { maximumRestarts, restartWindowMs } = this.#settings;
    while (this.#taken.length > 0 && (this.#taken[0] as number) + restartWindowMs <= now) this.#taken.shift();
    return Math.max(0, Math.floor(maximumRestarts) - this.#taken.length);
  }
}
