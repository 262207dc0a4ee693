import { HandlerError } from "../errors.ts";
import { Timeout } from "../timer-wheel.ts";

/**
 * One attempt at one operation, as its handles see it. It ends once: when the handler settles, or before that
 * by its timeout or by `stop`. From then on every handle of the attempt throws, its transaction is closed, and
 * its result is ignored. It is its own entry on the timer wheel.
 */
export class Attempt extends Timeout {
  #endedBecause: unknown;
  #ended = false;
  #listeners: ((reason: unknown) => void)[] | undefined;
  #controller: AbortController | undefined;

  readonly operationId: string;
  /** Counts from 1, over all attempts of the operation. */
  readonly number: number;
  /** What this attempt may take, in milliseconds; a dependency's server-side timeout equals it. */
  readonly timeoutMs: number;
  /** @internal Its place among the attempts in flight; theirs alone. */
  place = -1;

  constructor(operationId: string, number: number, timeoutMs: number) {
    super();
    this.operationId = operationId;
    this.number = number;
    this.timeoutMs = timeoutMs;
  }

  /** Subject of the sentence that says it took too long. */
  protected get subject(): string {
    return `The handler of ${this.operationId}`;
  }

  override onTimeout(): void {
    this.end(
      new HandlerError("attempt_timeout", `${this.subject} had not finished after ${this.timeoutMs} ms.`, {
        retryable: true,
      }),
    );
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Why it ended; undefined while it runs and after a plain end. */
  get endedBecause(): unknown {
    return this.#endedBecause;
  }

  /** Made on first reading: who does not read it does not pay for it. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#ended && !this.#controller.signal.aborted) this.#controller.abort(this.#endedBecause);
    return this.#controller.signal;
  }

  /** Calls back once when the attempt ends, at once if it has ended. Returns a function that takes this back. */
  onEnd(listener: (reason: unknown) => void): () => void {
    if (this.#ended) {
      listener(this.#endedBecause);
      return () => {};
    }
    this.#listeners ??= [];
    const listeners = this.#listeners;
    listeners.push(listener);
    return () => {
      const index = listeners.indexOf(listener);
      if (index >= 0) listeners.splice(index, 1);
    };
  }

  /** Ends the attempt; later calls do nothing. With a reason, the signal is aborted with it. */
  end(reason?: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#endedBecause = reason;
    const listeners = this.#listeners;
    this.#listeners = undefined;
    if (listeners !== undefined) for (const listener of listeners) listener(reason);
    if (reason !== undefined) this.#controller?.abort(reason);
  }
}
