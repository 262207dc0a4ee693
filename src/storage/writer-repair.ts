import type { Repair } from "../queue/journal.ts";
import type { WriterThread } from "./writer-thread.ts";

/** Brings the thread that writes back, and sees that it writes. */
export class WriterRepair {
  readonly #thread: WriterThread;
  readonly #touch: () => Promise<unknown>;
  readonly #verifyTimeoutMs: number;

  /** @param touch a commit that changes nothing */
  constructor(thread: WriterThread, touch: () => Promise<unknown>, verifyTimeoutMs: number) {
    this.#thread = thread;
    this.#touch = touch;
    this.#verifyTimeoutMs = verifyTimeoutMs;
  }

  async restart(): Promise<Repair> {
    if (!this.#thread.isUp) return this.#thread.restart();
    const verified = await this.verify();
    if (verified.ok) return verified;
    await this.#thread.end();
    return this.#thread.restart();
  }

  async verify(): Promise<Repair> {
    if (!this.#thread.isUp) return { ok: false, detail: "no thread writes the journal now" };
    const asked = performance.now();
    const touched = this.#touch().then(
      () => ({ ok: true, detail: `a commit was on disk after ${Math.round(performance.now() - asked)} ms` }),
      (error: Error) => ({ ok: false, detail: error.message }),
    );
    const { promise: late, resolve } = Promise.withResolvers<Repair>();
    const timer = setTimeout(
      () => resolve({ ok: false, detail: `a commit was not on disk after ${this.#verifyTimeoutMs} ms` }),
      this.#verifyTimeoutMs,
    );
    return Promise.race([touched, late]).finally(() => clearTimeout(timer));
  }
}
