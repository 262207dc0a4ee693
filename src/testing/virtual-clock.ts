import type { Clock, TimerHandle } from "../ports.ts";

/** Time that stands still until it is advanced. */
export interface VirtualClock extends Clock {
  /**
   * Lets `ms` pass: calls back every timer that falls due, in the order of their due times (of equal ones, in the
   * order in which they were set), each at exactly its time, and lets promises settle after each.
   */
  advance(ms: number): Promise<void>;
  /** Corrects the wall clock by `ms`, back if negative, as a person or a time server does. Timers do not notice. */
  jump(ms: number): void;
  /** Timers that are set and not yet due. */
  readonly pending: number;
}

interface Timer extends TimerHandle {
  readonly dueAt: number;
  readonly order: number;
  callback: (() => void) | undefined;
}

/** Turns of the event loop's microtask queue after each timer: chains of awaits longer than this settle later. */
const TURNS = 20;

/**
 * A clock for tests. A heap of timers: 100,000 of them cost milliseconds, and a timer that is set by another one fires
 * in its right place, which XState's own simulated clock gets wrong.
 *
 * @example
 * const clock = createVirtualClock({ now: 1_000 });
 * clock.setTimer(() => console.log(clock.now()), 500);
 * await clock.advance(600); // prints 1500
 */
export const createVirtualClock = ({ now = Date.UTC(2026, 0, 1) }: { readonly now?: number } = {}): VirtualClock => {
  const heap: Timer[] = [];
  let elapsed = 0;
  let wallOffset = now;
  let order = 0;
  let cancelled = 0;

  return {
    now: () => Math.floor(wallOffset + elapsed),
    monotonicMs: () => elapsed,
    setTimer(callback, delayMs) {
      const timer: Timer = {
        dueAt: elapsed + Math.max(0, delayMs),
        order: order++,
        callback,
        cancel() {
          if (timer.callback === undefined) return;
          timer.callback = undefined;
          cancelled++;
        },
      };
      push(heap, timer);
      return timer;
    },
    jump(ms) {
      wallOffset += ms;
    },
    get pending() {
      return heap.length - cancelled;
    },
    async advance(ms) {
      const until = elapsed + ms;
      await settle();
      for (let next = heap[0]; next !== undefined && next.dueAt <= until; next = heap[0]) {
        pop(heap);
        const { callback } = next;
        if (callback === undefined) {
          cancelled--;
          continue;
        }
        next.callback = undefined;
        elapsed = Math.max(elapsed, next.dueAt);
        callback();
        await settle();
      }
      elapsed = until;
    },
  };
};

async function settle(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn++) await Promise.resolve();
}

const isBefore = (a: Timer, b: Timer): boolean => a.dueAt < b.dueAt || (a.dueAt === b.dueAt && a.order < b.order);

function push(heap: Timer[], timer: Timer): void {
  let index = heap.length;
  heap.push(timer);
  while (index > 0) {
    const above = (index - 1) >> 1;
    const parent = heap[above];
    if (parent === undefined || !isBefore(timer, parent)) break;
    heap[index] = parent;
    index = above;
  }
  heap[index] = timer;
}

function pop(heap: Timer[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let index = 0;
  for (;;) {
    const left = 2 * index + 1;
    const right = left + 1;
    const [a, b] = [heap[left], heap[right]];
    const child = a !== undefined && b !== undefined && isBefore(b, a) ? b : a;
    if (child === undefined || !isBefore(child, last)) break;
    heap[index] = child;
    index = child === b ? right : left;
  }
  heap[index] = last;
}
