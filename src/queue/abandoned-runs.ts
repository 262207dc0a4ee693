import { type Settling, settledOrAbandoned } from "../dependencies/settling.ts";
import type { RegisteredOperation } from "../operations/registered-operation.ts";
import type { Logger } from "../ports.ts";
import type { TimerWheel } from "../timer-wheel.ts";

/**
 * Handlers that go on after their attempt has ended. Their handles throw and their results are ignored, but they
 * still hold memory and whatever they do outside; so their permits come back only when they settle, or after
 * `abandonAfterMs`. Too many of one definition hold the definition: nothing of it is executed until they settle.
 */
export class AbandonedRuns {
  readonly #wheel: TimerWheel;
  readonly #logger: Logger;
  readonly #maximum: number;
  readonly #counts = new Map<string, number>();
  /** Called when a definition becomes held, or runnable again. */
  onChange: () => void = () => {};

  constructor(wheel: TimerWheel, logger: Logger, maximum: number) {
    this.#wheel = wheel;
    this.#logger = logger;
    this.#maximum = maximum;
  }

  isHeld(name: string): boolean {
    return (this.#counts.get(name) ?? 0) > this.#maximum;
  }

  count(name: string): number {
    return this.#counts.get(name) ?? 0;
  }

  /** Waits for the handler to settle, but not longer than its dependencies' `abandonAfterMs`. */
  async untilSettled(handler: Settling, operation: RegisteredOperation): Promise<void> {
    const { name } = operation.definition;
    // A handler that ended with its attempt has settled by now, or does within this turn.
    if (!handler.isSettled) await Promise.race([handler.done(), new Promise<void>((resolve) => setImmediate(resolve))]);
    if (handler.isSettled) return;
    this.#add(name, 1);
    void handler.done().then(() => this.#add(name, -1));
    await settledOrAbandoned(handler, operation.abandonAfterMs, this.#wheel);
  }

  #add(name: string, change: 1 | -1): void {
    const wasHeld = this.isHeld(name);
    const count = (this.#counts.get(name) ?? 0) + change;
    if (count === 0) this.#counts.delete(name);
    else this.#counts.set(name, count);
    const isHeld = this.isHeld(name);
    if (isHeld === wasHeld) return;
    if (isHeld)
      this.#logger.error(
        { operation: name, abandonedRuns: count, limit: this.#maximum },
        "too many handlers of this operation went on after their attempts had ended; it is held until they settle",
      );
    else this.#logger.info({ operation: name, abandonedRuns: count }, "the operation is no longer held");
    this.onChange();
  }
}
