import type { Clock } from "../../ports.ts";

/**
 * What `work` resolves to, or `otherwise` when it rejects, throws or takes too long: never rejects. The timer is gone
 * when the work is done and when `signal` aborts.
 */
export const within = <Value>(
  clock: Clock,
  timeoutMs: number,
  signal: AbortSignal,
  work: () => Promise<Value>,
  otherwise: (because: "timeout" | "rejected", error?: unknown) => Value,
): Promise<Value> =>
  new Promise((resolve) => {
    const timer = clock.setTimer(() => resolve(otherwise("timeout")), timeoutMs);
    signal.addEventListener("abort", () => timer.cancel(), { once: true });
    const settle = (value: Value) => {
      timer.cancel();
      resolve(value);
    };
    new Promise<Value>((start) => start(work())).then(settle, (error: unknown) => settle(otherwise("rejected", error)));
  });
