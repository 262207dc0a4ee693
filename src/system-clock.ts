import type { Clock, Random } from "./ports.ts";

/** The longest delay `setTimeout` takes; anything above fires at once instead of late. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  setTimer(callback, delayMs) {
    let remainingMs = Math.max(0, delayMs);
    let timer: NodeJS.Timeout;
    const arm = (): void => {
      const sliceMs = Math.min(remainingMs, LONGEST_TIMER_MS);
      remainingMs -= sliceMs;
      timer = setTimeout(remainingMs > 0 ? arm : callback, sliceMs);
      timer.unref();
    };
    arm();
    return { cancel: () => clearTimeout(timer) };
  },
};

export const systemRandom: Random = { next: () => Math.random() };
