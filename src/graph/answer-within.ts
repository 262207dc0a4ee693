import { DependencyError } from "../errors.ts";
import type { Clock } from "../ports.ts";

/** Passes the answer on, or rejects as unanswered. The work goes on; `onTimeout` is where it is given up. */
export function answerWithin<Value>(
  { clock, dependency, what }: { readonly clock: Clock; readonly dependency: string; readonly what: string },
  timeoutMs: number,
  answer: Promise<Value>,
  onTimeout: () => void = () => {},
): Promise<Value> {
  return new Promise((resolve, reject) => {
    const timer = clock.setTimer(() => {
      reject(
        new DependencyError("no_answer", `The graph did not answer ${what} within ${timeoutMs} ms.`, {
          dependency,
          kind: "unavailable",
          effect: "unknown",
        }),
      );
      onTimeout();
    }, timeoutMs);
    answer.finally(() => timer.cancel()).then(resolve, reject);
  });
}
