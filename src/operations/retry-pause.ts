import type { RetrySettings } from "../../config/types.ts";
import type { Random } from "../ports.ts";

/**
 * The pause before the next attempt: decorrelated jitter, drawn from [initial, 3 × previous], capped.
 * Source of the formula: "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
 *
 * @param attempts counted attempts so far, from 1
 */
export function retryPauseMs(settings: RetrySettings, attempts: number, random: Random): number {
  let pauseMs = settings.initialPauseMs;
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const upperMs = Math.max(settings.initialPauseMs, pauseMs * 3);
    pauseMs = Math.min(
      settings.maximumPauseMs,
      settings.initialPauseMs + random.next() * (upperMs - settings.initialPauseMs),
    );
  }
  return Math.round(pauseMs);
}
