import { StorageError } from "../errors.ts";
import type { Logger } from "../ports.ts";
import type { TimerWheel } from "../timer-wheel.ts";

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;

/** Trying again changes nothing: the row is not ours any more, or there is no journal any more. */
const FINAL: ReadonlySet<string> = new Set(["run_not_owned", "writer_lost", "journal_closed"]);

/**
 * What the journal must hear of rows under way: their ends, and where they go instead. It is tried until it is
 * written, and meanwhile nothing is claimed: so what waits here is bounded by what was in flight. What is not written
 * when the process ends is replayed by the next one.
 */
export class Acknowledgements {
  readonly #wheel: TimerWheel;
  readonly #logger: Logger;
  readonly #waking = new Set<() => void>();
  readonly #unwritten = new Set<Promise<boolean>>();
  #stopping = false;
  /** Called when the first could not be written, and when all have been. */
  onChange: (failing: boolean) => void = () => {};

  constructor(wheel: TimerWheel, logger: Logger) {
    this.#wheel = wheel;
    this.#logger = logger;
  }

  get failing(): boolean {
    return this.#unwritten.size > 0;
  }

  /** Resolves when it is on disk; to false when this process will not write it any more. Never rejects. */
  async write(request: () => Promise<void>): Promise<boolean> {
    try {
      await request();
      return true;
    } catch (error) {
      return this.#again(request, error);
    }
  }

  /** Tries everything once more, and no more after that. */
  async stop(): Promise<void> {
    this.#stopping = true;
    for (const wake of this.#waking) wake();
    await Promise.all(this.#unwritten);
  }

  #again(request: () => Promise<void>, error: unknown): Promise<boolean> {
    if (isFinal(error) || this.#stopping) {
      this.#logger.error(
        { code: codeOf(error) },
        "what became of an operation could not be written; it is replayed, and its receipt absorbs that",
      );
      return Promise.resolve(false);
    }
    const written = this.#untilWritten(request).finally(() => {
      this.#unwritten.delete(written);
      if (!this.failing) this.onChange(false);
    });
    this.#unwritten.add(written);
    if (this.#unwritten.size === 1) {
      this.#logger.error(
        { code: codeOf(error) },
        "what became of an operation could not be written; it is tried again, and nothing is claimed meanwhile",
      );
      this.onChange(true);
    }
    return written;
  }

  async #untilWritten(request: () => Promise<void>): Promise<boolean> {
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2)) {
      if (!this.#stopping) await this.#pause(pauseMs);
      const isLast = this.#stopping;
      try {
        await request();
        return true;
      } catch (error) {
        if (!isLast && !isFinal(error)) continue;
        this.#logger.error(
          { code: codeOf(error) },
          "what became of an operation could not be written; it is replayed, and its receipt absorbs that",
        );
        return false;
      }
    }
  }

  #pause(pauseMs: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#waking.delete(wake);
        timer.cancel();
        resolve();
      };
      const timer = this.#wheel.add(pauseMs, wake);
      this.#waking.add(wake);
    });
  }
}

const isFinal = (error: unknown): boolean => !(error instanceof StorageError) || FINAL.has(error.code);
const codeOf = (error: unknown): string => (error instanceof StorageError ? error.code : "internal");
