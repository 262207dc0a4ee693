import type { Clock, TimerHandle } from "../ports.ts";

const LONGEST_TIMER_MS = 2 ** 31 - 1;

export interface DueTimerOptions {
  readonly now: () => number;
  /** For tests on a virtual clock; real timers otherwise. */
  readonly setTimer?: Clock["setTimer"];
}

/** Scheduled rows wake by themselves, also when nothing else is asked for. */
export class DueTimer {
  readonly #options: DueTimerOptions;
  readonly #wake: () => void;
  #next: { readonly at: number; readonly timer: TimerHandle } | undefined;
  #stopped = false;

  constructor(options: DueTimerOptions, wake: () => void) {
    this.#options = options;
    this.#wake = wake;
  }

  wakeAt(due: number | null): void {
    if (this.#stopped || due === this.#next?.at) return;
    this.#next?.timer.cancel();
    this.#next = undefined;
    if (due === null) return;
    const { now, setTimer = realTimer } = this.#options;
    const timer = setTimer(
      () => {
        this.#next = undefined;
        this.#wake();
      },
      Math.max(0, due - now()),
    );
    this.#next = { at: due, timer };
  }

  stop(): void {
    this.#stopped = true;
    this.#next?.timer.cancel();
  }
}

function realTimer(callback: () => void, delayMs: number): TimerHandle {
  const timer = setTimeout(callback, Math.min(delayMs, LONGEST_TIMER_MS)).unref();
  return { cancel: () => clearTimeout(timer) };
}
