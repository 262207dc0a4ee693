import { MisuseError } from "../errors.ts";

/**
 * What a handle may do, and what became of its calls. A handler can forget an `await`, swallow an error, or go on
 * after its end; the scope sees all of it, so that the transaction's fate never hangs on the handler's manners.
 */
export class TransactionScope {
  /** Set with the first call that writes. */
  written = false;
  readonly #outstanding = new Set<Promise<unknown>>();
  #closedBecause: "returned" | "ended" | undefined;
  #ended = false;
  /** The first failure of the transaction itself; once there is one, nothing of it can be committed. */
  #failure: { readonly error: unknown } | undefined;

  get failure(): { readonly error: unknown } | undefined {
    return this.#failure;
  }

  /** True while a call of the handler waits for the graph. */
  get waiting(): boolean {
    return this.#outstanding.size > 0;
  }

  /** Runs one call of the handle. Its promise may be dropped by the handler without harm to the process. */
  call<Value>(send: () => Promise<Value>): Promise<Value> {
    const promise = this.#start(send);
    promise.catch(() => {});
    this.#outstanding.add(promise);
    const forget = (): void => void this.#outstanding.delete(promise);
    promise.then(forget, forget);
    return promise;
  }

  async #start<Value>(send: () => Promise<Value>): Promise<Value> {
    this.assertOpen();
    return send();
  }

  assertOpen(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
    if (this.#closedBecause === undefined) return;
    throw new MisuseError(
      "transaction_closed",
      this.#closedBecause === "returned"
        ? "This transaction is closed: its handler has returned. Await every call before returning."
        : "This transaction is closed: its attempt has ended, by its timeout or by a stop.",
    );
  }

  /** True when the attempt is over: from then on nothing may be committed, however far the handler has come. */
  get ended(): boolean {
    return this.#ended;
  }

  assertNothingWritten(): void {
    if (this.written)
      throw new MisuseError(
        "match_after_write",
        "Matches see the committed state, so they come before the first write of a transaction.",
      );
  }

  /** The transaction can no longer be committed; every later call rejects with this. */
  fail(error: unknown): void {
    this.#failure ??= { error };
  }

  close(because: "returned" | "ended"): void {
    if (because === "ended") this.#ended = true;
    this.#closedBecause ??= because;
  }

  /** Resolves when no call is under way; never rejects. */
  async settled(): Promise<void> {
    while (this.#outstanding.size > 0) await Promise.allSettled(this.#outstanding);
  }
}
