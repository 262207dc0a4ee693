import type { Clock, TimerHandle } from "./ports.ts";

/**
 * Slots of the wheel. What is due later than one turn (10 s with 10 ms ticks) stays in its slot for another. A power
 * of two: a tick's slot is then a mask away, where a remainder of two doubles would cost as much as all the rest.
 */
const SLOTS = 1_024;
const slotOf = (tick: number): number => tick & (SLOTS - 1);

/**
 * Something that a wheel can end. It is the wheel's own list element, so that starting and cancelling one allocates
 * nothing: what has a timeout extends this class.
 */
export abstract class Timeout implements TimerHandle {
  /** @internal The tick in which it is due, or, among the arrivals, its delay in milliseconds. */
  dueTick = 0;
  /** @internal Its neighbours in its slot, `undefined` while it is on no wheel. */
  previous: Timeout | undefined = undefined;
  /** @internal */
  next: Timeout | undefined = undefined;

  /** Its time is up. Called once per start. */
  abstract onTimeout(): void;

  /** Takes it off its wheel; does nothing when it has fired or was never started. */
  cancel(): void {
    const { previous, next } = this;
    if (previous === undefined || next === undefined) return;
    previous.next = next;
    next.previous = previous;
    this.previous = undefined;
    this.next = undefined;
  }
}

/** The fixed point of a slot's ring: its neighbours are the first and the last entry, or itself. */
class Slot extends Timeout {
  constructor() {
    super();
    this.previous = this;
    this.next = this;
  }

  override onTimeout(): void {}
}

class Callback extends Timeout {
  readonly #callback: () => void;

  constructor(callback: () => void) {
    super();
    this.#callback = callback;
  }

  override onTimeout(): void {
    this.#callback();
  }
}

/**
 * One timer for all timeouts. Starting and cancelling are four assignments each, instead of an operating-system timer;
 * an entry fires at most one tick late. The clock's timer is armed only while something may be due, and never for
 * longer than the next slot that holds an entry.
 */
export class TimerWheel {
  readonly #clock: Clock;
  readonly #tickMs: number;
  readonly #slots: readonly Slot[] = Array.from({ length: SLOTS }, () => new Slot());
  readonly #pauses = new Set<() => void>();
  /** Started without a look at the clock since the tick began; placed in their slots when it ends. */
  readonly #arrivals = new Slot();
  #tickEnd: TimerHandle | undefined;
  #tickBeganMs = 0;
  #timer: TimerHandle | undefined;
  #armedFor = Number.POSITIVE_INFINITY;
  /** Everything due up to this tick has fired. */
  #firedTick: number;

  constructor(clock: Clock, tickMs = 10) {
    this.#clock = clock;
    this.#tickMs = tickMs;
    this.#firedTick = Math.floor(clock.monotonicMs() / tickMs) - 1;
  }

  /** The clock with this wheel for its timers: what is given to dependencies, whose calls each have a timeout. */
  get clock(): Clock {
    return {
      now: () => this.#clock.now(),
      monotonicMs: () => this.#clock.monotonicMs(),
      setTimer: (callback, delayMs) => this.add(delayMs, callback),
    };
  }

  /** Calls back once after `delayMs`, up to one tick later. */
  add(delayMs: number, callback: () => void): TimerHandle {
    const entry = new Callback(callback);
    this.start(entry, delayMs);
    return entry;
  }

  /**
   * Has `entry` called after `delayMs`, up to one tick later. One that is running already is started anew.
   *
   * @param nowMs monotonic time, where the caller has just read it
   */
  start(entry: Timeout, delayMs: number, nowMs: number = this.#clock.monotonicMs()): void {
    entry.cancel();
    const wantedTick = Math.ceil((nowMs + delayMs) / this.#tickMs);
    const dueTick = Math.max(this.#firedTick + 1, Math.min(wantedTick, Number.MAX_SAFE_INTEGER));
    const slot = this.#slots[slotOf(dueTick)]!;
    const last = slot.previous!;
    entry.dueTick = dueTick;
    entry.previous = last;
    entry.next = slot;
    last.next = entry;
    slot.previous = entry;
    if (dueTick < this.#armedFor) this.#arm(dueTick);
  }

  /**
   * `start` without reading the clock, which would cost more than all the rest: the delay counts from the end of the
   * present tick, so it fires up to two ticks late, and never early. For what is nearly always cancelled at once.
   */
  startCoarsely(entry: Timeout, delayMs: number): void {
    entry.cancel();
    const last = this.#arrivals.previous!;
    entry.dueTick = delayMs;
    entry.previous = last;
    entry.next = this.#arrivals;
    last.next = entry;
    this.#arrivals.previous = entry;
    if (this.#tickEnd === undefined) this.#beginTick();
  }

  /** Monotonic time as of the beginning of the present tick: one reading of the clock for all who ask in one tick. */
  get coarseMs(): number {
    if (this.#tickEnd === undefined) this.#beginTick();
    return this.#tickBeganMs;
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
    for (const slot of this.#slots) while (slot.next !== slot) slot.next!.cancel();
    while (this.#arrivals.next !== this.#arrivals) this.#arrivals.next!.cancel();
    for (const done of this.#pauses) done();
    this.#tickEnd?.cancel();
    this.#tickEnd = undefined;
    this.#timer?.cancel();
    this.#armedFor = Number.POSITIVE_INFINITY;
  }

  #beginTick(): void {
    this.#tickBeganMs = this.#clock.monotonicMs();
    this.#tickEnd = this.#clock.setTimer(() => this.#placeArrivals(), this.#tickMs);
  }

  #placeArrivals(): void {
    this.#tickEnd = undefined;
    const nowMs = this.#clock.monotonicMs();
    while (this.#arrivals.next !== this.#arrivals) {
      const entry = this.#arrivals.next!;
      this.start(entry, entry.dueTick, nowMs);
    }
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
    const due: Timeout[] = [];
    // No more than one turn: what lies behind it is in the same slots.
    for (let tick = Math.max(this.#firedTick + 1, nowTick - SLOTS + 1); tick <= nowTick; tick++) {
      const slot = this.#slots[slotOf(tick)]!;
      for (let entry = slot.next!; entry !== slot; ) {
        const { next } = entry;
        if (entry.dueTick <= nowTick) due.push(entry);
        entry = next!;
      }
    }
    this.#firedTick = nowTick;
    // Taken off one by one: a callback may cancel, or start anew, one that is due as well.
    for (const entry of due)
      if (entry.next !== undefined && entry.dueTick <= nowTick) {
        entry.cancel();
        entry.onTimeout();
      }
    const next = this.#nextDueTick();
    if (next < this.#armedFor) this.#arm(next);
  }

  /** The earliest tick that holds an entry; a full turn of slots is looked at when nothing is due within it. */
  #nextDueTick(): number {
    let earliest = Number.POSITIVE_INFINITY;
    for (let tick = this.#firedTick + 1; tick <= this.#firedTick + SLOTS; tick++) {
      const slot = this.#slots[slotOf(tick)]!;
      for (let entry = slot.next!; entry !== slot; entry = entry.next!) {
        if (entry.dueTick === tick) return Math.min(tick, earliest);
        earliest = Math.min(earliest, entry.dueTick);
      }
    }
    return earliest;
  }
}
