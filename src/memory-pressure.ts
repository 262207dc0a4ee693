import { MisuseError } from "./errors.ts";
import type { Logger } from "./ports.ts";
import type { TimerWheel } from "./timer-wheel.ts";

/** Gives memory back: empties a cache, drops a pool. Called when memory runs short; must settle. */
export type MemoryPressureCallback = () => void | Promise<void>;

/**
 * What came of asking for memory. `ok` says that every callback has run, not that memory fell: measure it. Where one threw
 * or hung, the others may have freed enough all the same: `tried` says that somebody was asked.
 */
export type Relief =
  | { readonly ok: true; readonly detail: string }
  | { readonly ok: false; readonly tried: boolean; readonly detail: string };

/** Whoever registers more than these has registered in a loop. */
const MAXIMUM_CALLBACKS = 64;
const CALLBACK_TIMEOUT_MS = 5_000;

/** Who can give memory back. */
export class MemoryPressure {
  readonly #callbacks = new Set<{ readonly run: MemoryPressureCallback }>();
  readonly #wheel: TimerWheel;
  readonly #logger: Logger;

  constructor(wheel: TimerWheel, logger: Logger) {
    this.#wheel = wheel;
    this.#logger = logger;
  }

  /**
   * Returns a function that takes this back.
   *
   * @throws MisuseError `invalid_options`, `too_many_callbacks`
   */
  add(run: MemoryPressureCallback): () => void {
    if (typeof run !== "function")
      throw new MisuseError("invalid_options", "onMemoryPressure takes a function that gives memory back.");
    if (this.#callbacks.size >= MAXIMUM_CALLBACKS)
      throw new MisuseError(
        "too_many_callbacks",
        `${MAXIMUM_CALLBACKS} callbacks wait for memory pressure already; call the function that onMemoryPressure returned when one is no longer needed.`,
      );
    const entry = { run };
    this.#callbacks.add(entry);
    return () => void this.#callbacks.delete(entry);
  }

  /**
   * Calls all of them, each for no longer than its time, and says what came of it. Where nobody registered, nothing was
   * done, and that is not `ok`. Never rejects.
   */
  async relieve(): Promise<Relief> {
    const entries = [...this.#callbacks];
    if (entries.length === 0)
      return {
        ok: false,
        tried: false,
        detail: "nobody can give memory back: no callback was given to runtime.onMemoryPressure",
      };
    const faults = (await Promise.all(entries.map(({ run }) => this.#run(run)))).filter((fault) => fault !== undefined);
    const ran = `${entries.length - faults.length} of ${entries.length} callbacks ran`;
    return faults.length === 0
      ? { ok: true, detail: ran }
      : { ok: false, tried: true, detail: `${ran}; ${faults.join(", ")}` };
  }

  /** What went wrong; undefined when it ran. */
  async #run(run: MemoryPressureCallback): Promise<string | undefined> {
    const late = Promise.withResolvers<string>();
    const timer = this.#wheel.add(CALLBACK_TIMEOUT_MS, () =>
      late.resolve(`one did not settle within ${CALLBACK_TIMEOUT_MS} ms`),
    );
    try {
      return await Promise.race([(async () => run())().then(() => undefined), late.promise]);
    } catch (error) {
      const threw = error instanceof Error ? error.name : typeof error;
      this.#logger.error({ threw }, "a callback for memory pressure threw");
      return `one threw ${threw}`;
    } finally {
      timer.cancel();
    }
  }
}
