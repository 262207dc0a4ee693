import type { Worker } from "node:worker_threads";
import type { StorageSettings } from "../../config/types.ts";
import { StorageError } from "../errors.ts";
import type { Clock, TimerHandle } from "../ports.ts";
import type { Repair } from "../queue/journal.ts";
import type { WriterOpened, WriterReply, WriterRequest } from "./protocol.ts";
import { RestartBudget } from "./restart-budget.ts";
import { firstMessage } from "./start-writer.ts";
import { toStorageError } from "./storage-failure.ts";

export type Opened = Exclude<WriterOpened, { failed: unknown }>;

export interface WriterThreadOptions {
  readonly settings: StorageSettings;
  readonly now: () => number;
  /** For tests on a virtual clock; real timers otherwise. */
  readonly setTimer?: Clock["setTimer"];
  /** Starts the thread that takes over, with what it must be told. */
  readonly start: () => Worker;
}

export interface WriterListener {
  replied(reply: WriterReply): void;
  /** The thread has ended by itself. What was sent and not answered may be on disk or not. */
  down(cause: Error): void;
  /** A thread has taken over. */
  up(opened: Opened): void;
  /** No thread will take over any more. */
  lost(cause: Error): void;
}

/**
 * The thread that writes, as the main thread has it. When it ends by itself (it ran out of memory, it threw, it left),
 * another one takes over: at once, then after pauses that double, so many times in a while. Beyond that it is lost.
 * What cannot be survived is a crash of native code: that is the process's own.
 */
export class WriterThread {
  readonly #options: WriterThreadOptions;
  readonly #budget: RestartBudget;
  #listener: WriterListener | undefined;
  #worker: Worker;
  #exited: Promise<void>;
  #state: "up" | "down" | "lost" | "closed" = "up";
  #pausing: { readonly timer: TimerHandle; readonly goOn: () => void } | undefined;
  #hasFailed = false;
  readonly #asking: ((repair: Repair) => void)[] = [];

  constructor(worker: Worker, options: WriterThreadOptions) {
    this.#options = options;
    this.#budget = new RestartBudget(options.settings);
    this.#worker = worker;
    this.#exited = this.#attach(worker);
  }

  listen(listener: WriterListener): void {
    this.#listener = listener;
  }

  get isUp(): boolean {
    return this.#state === "up";
  }

  /** It is down, and was not back at the first attempt: who waits now may wait for long. */
  get staysDown(): boolean {
    return this.#state === "down" && this.#hasFailed;
  }

  get isLost(): boolean {
    return this.#state === "lost";
  }

  post(request: WriterRequest): void {
    if ("close" in request) this.#state = "closed";
    this.#worker.postMessage(request);
  }

  /** When the newest thread has ended. */
  get exited(): Promise<void> {
    return this.#exited;
  }

  /** Does not wait for the pause to be over. Resolves when the next attempt has come to something. */
  restart(): Promise<Repair> {
    if (this.#state !== "down")
      return Promise.resolve(
        this.isUp
          ? { ok: true, detail: "the thread that writes the journal is up" }
          : { ok: false, detail: "the thread that writes the journal is gone for good; restart the process" },
      );
    const repaired = new Promise<Repair>((resolve) => this.#asking.push(resolve));
    this.#goOn();
    return repaired;
  }

  /** Ends a thread that does not answer; another one takes over. */
  async end(): Promise<void> {
    if (this.#state === "up") await this.#worker.terminate();
  }

  #attach(worker: Worker): Promise<void> {
    let cause: Error | undefined;
    worker.on("message", (reply: WriterReply) => {
      if (worker === this.#worker) this.#listener?.replied(reply);
    });
    worker.on("error", (error: Error) => {
      cause = error;
      // Its connection is open until it has ended, which need not be waited for when nobody takes over.
      if (this.#budget.left(this.#options.now()) === 0) this.#ended(worker, error);
    });
    return new Promise((resolve) => {
      worker.once("exit", () => {
        resolve();
        this.#ended(worker, cause ?? new Error("the writer thread has ended"));
      });
    });
  }

  #ended(worker: Worker, cause: Error): void {
    if (worker !== this.#worker || this.#state !== "up") return;
    this.#state = "down";
    this.#hasFailed = false;
    this.#listener?.down(cause);
    void this.#takeOver(cause);
  }

  async #takeOver(ended: Error): Promise<void> {
    let cause = ended;
    for (;;) {
      const pauseMs = this.#budget.take(this.#options.now());
      if (pauseMs === undefined) return this.#lose(cause);
      if (pauseMs > 0) {
        this.#hasFailed = true;
        await this.#pause(pauseMs);
      }
      const attempt = await this.#attempt();
      if ("opened" in attempt) return this.#up(attempt.worker, attempt.opened);
      cause = attempt.error;
      this.#hasFailed = true;
      if (attempt.isFinal) return this.#lose(cause);
      this.#tell({ ok: false, detail: cause.message });
    }
  }

  async #attempt(): Promise<
    { readonly worker: Worker; readonly opened: Opened } | { readonly error: Error; readonly isFinal: boolean }
  > {
    let exited: Promise<unknown> | undefined;
    try {
      const worker = this.#options.start();
      exited = new Promise((resolve) => worker.once("exit", resolve));
      const opened = await firstMessage(worker);
      if (!("failed" in opened)) return { worker, opened };
      await exited;
      return { error: toStorageError(opened.failed), isFinal: !opened.failed.retryable };
    } catch (error) {
      // One that takes over must not meet the connection of one that is ending.
      await exited;
      const cause = error instanceof Error ? error : new StorageError("storage_failed", String(error));
      return { error: cause, isFinal: false };
    }
  }

  #up(worker: Worker, opened: Opened): void {
    this.#worker = worker;
    this.#exited = this.#attach(worker);
    this.#state = "up";
    this.#listener?.up(opened);
    this.#tell({ ok: true, detail: "another thread has taken over the journal" });
  }

  #lose(cause: Error): void {
    this.#state = "lost";
    this.#listener?.lost(cause);
    this.#tell({ ok: false, detail: `no other thread takes over the journal any more: ${cause.message}` });
  }

  #tell(repair: Repair): void {
    for (const resolve of this.#asking.splice(0)) resolve(repair);
  }

  #pause(pauseMs: number): Promise<void> {
    const { setTimer = realTimer } = this.#options;
    return new Promise((resolve) => {
      this.#pausing = { timer: setTimer(() => this.#goOn(), pauseMs), goOn: resolve };
      // Who asks for it does not wait.
      if (this.#asking.length > 0) this.#goOn();
    });
  }

  #goOn(): void {
    this.#pausing?.timer.cancel();
    this.#pausing?.goOn();
    this.#pausing = undefined;
  }
}

function realTimer(callback: () => void, delayMs: number): TimerHandle {
  const timer = setTimeout(callback, delayMs);
  return { cancel: () => clearTimeout(timer) };
}
