import type { Clock, TimerHandle } from "./ports.ts";

/**
 * One timer for all timeouts. An entry costs two list operations instead of an operating-system timer; it fires at
 * most one tick late. Entries are kept in buckets by the tick in which they are due; the clock's timer is armed only
 * while there are any, and never for longer than the next bucket that holds one.
 */
export class TimerWheel {
  readonly #clock: Clock;
  readonly #tickMs: number;
  readonly #buckets = new Map<number, Set<Entry>>();
  readonly #pauses = new Set<() => void>();
  #timer: TimerHandle | undefined;
  #armedFor = Number.POSITIVE_INFINITY;

  constructor(clock: Clock, tickMs = 10) {
    this.#clock = clock;
    this.#tickMs = tickMs;
  }

  /** Calls back once after `delayMs`, up to one tick later. */
  add(delayMs: number, callback: () => void): TimerHandle {
    const tick = Math.ceil((this.#clock.monotonicMs() + delayMs) / this.#tickMs);
    const entry: Entry = { callback };
    let bucket = this.#buckets.get(tick);
    if (bucket === undefined) this.#buckets.set(tick, (bucket = new Set()));
    bucket.add(entry);
    if (tick < this.#armedFor) this.#arm(tick);
    return {
      cancel: () => {
        // Its tick may have fired and have a new bucket by now, which is not this entry's to drop.
        if (bucket.delete(entry) && bucket.size === 0 && this.#buckets.get(tick) === bucket) this.#buckets.delete(tick);
      },
    };
  }

  /** Resolves after `delayMs`, or when the wheel is stopped: whoever awaits a pause is never left there. */
  pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.#pauses.delete(done);
        timer.cancel();
        resolve();
      };
      const timer = this.add(delayMs, done);
      this.#pauses.add(done);
    });
  }

  /** Drops every entry without calling it, and ends every pause. */
  stop(): void {
    this.#buckets.clear();
    for (const done of this.#pauses) done();
    this.#timer?.cancel();
    this.#armedFor = Number.POSITIVE_INFINITY;
  }

  #arm(tick: number): void {
    this.#timer?.cancel();
    this.#armedFor = tick;
    this.#timer = this.#clock.setTimer(
      () => this.#fire(),
      Math.max(0, tick * this.#tickMs - this.#clock.monotonicMs()),
    );
  }

  #fire(): void {
    this.#armedFor = Number.POSITIVE_INFINITY;
    const nowTick = Math.floor(this.#clock.monotonicMs() / this.#tickMs);
    let next = Number.POSITIVE_INFINITY;
    const due: Set<Entry>[] = [];
    for (const [tick, bucket] of this.#buckets)
      if (tick <= nowTick) {
        this.#buckets.delete(tick);
        due.push(bucket);
      } else if (tick < next) next = tick;
    for (const bucket of due) for (const entry of bucket) entry.callback();
    if (next < this.#armedFor) this.#arm(next);
  }
}

interface Entry {
  readonly callback: () => void;
}
