import type { TimerWheel } from "../timer-wheel.ts";

/** Whether somebody's code has settled; costs a promise only where somebody has to wait for it. */
export class Settling {
  #isSettled = false;
  #done: PromiseWithResolvers<void> | undefined;

  get isSettled(): boolean {
    return this.#isSettled;
  }

  settle(): void {
    this.#isSettled = true;
    this.#done?.resolve();
  }

  done(): Promise<void> {
    if (this.#isSettled) return Promise.resolve();
    this.#done ??= Promise.withResolvers();
    return this.#done.promise;
  }
}

/** Waits until it has settled, but not longer than `abandonAfterMs`: what hangs for ever keeps no permit for ever. */
export async function settledOrAbandoned(settling: Settling, abandonAfterMs: number, wheel: TimerWheel): Promise<void> {
  if (settling.isSettled) return;
  const abandoned = Promise.withResolvers<void>();
  const timer = wheel.add(abandonAfterMs, abandoned.resolve);
  await Promise.race([settling.done(), abandoned.promise]);
  timer.cancel();
}
