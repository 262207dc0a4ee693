import { freemem } from "node:os";
import { setImmediate as nextTurn } from "node:timers/promises";
import { getHeapStatistics } from "node:v8";
import type { DevelopmentFault } from "holdfast/server";

const MIB = 1_048_576;
const NUMBERS_PER_MIB = MIB / 8;
/** Never nearer to the limit, at which V8 ends the process, nor more of what the machine has left. */
const MOST_OF_THE_HEAP = 0.94;
const MOST_OF_WHAT_IS_FREE = 0.6;

/** Fills the heap of this process with numbers that nobody needs, and lets go of them when it is asked to. */
export class MemoryFault {
  readonly #maximumMib: number;
  #held: number[][] = [];
  #wantedMib = 0;
  #isMoving = false;

  constructor() {
    const { heap_size_limit: limit, used_heap_size: used } = getHeapStatistics();
    const room = Math.min(limit * MOST_OF_THE_HEAP - used, freemem() * MOST_OF_WHAT_IS_FREE);
    this.#maximumMib = Math.max(0, Math.floor(room / MIB));
  }

  list(): readonly DevelopmentFault[] {
    const limitMib = Math.floor(getHeapStatistics().heap_size_limit / MIB);
    return [
      {
        kind: "slider",
        id: "memory.fill",
        title: "Fill the memory",
        explanation: `Holds so much of the ${limitMib} MiB that V8 allows. Above the trigger's threshold for as long as its dwell, memory_exhaustion is raised, and the first remedy asks this very fault to let go.`,
        value: this.#wantedMib,
        minimum: 0,
        maximum: this.#maximumMib,
        step: 16,
        unit: "MiB",
      },
    ];
  }

  set(_id: string, value: boolean | number): void {
    this.#wantedMib = Number(value);
    if (!this.#isMoving) void this.#move();
  }

  /** For `runtime.onMemoryPressure`. */
  letGo(): void {
    this.#wantedMib = 0;
    this.#held = [];
  }

  /** A mebibyte a turn, so that calls go on meanwhile. */
  async #move(): Promise<void> {
    this.#isMoving = true;
    if (this.#held.length > this.#wantedMib) this.#held.length = this.#wantedMib;
    while (this.#held.length < this.#wantedMib) {
      this.#held.push(Array.from({ length: NUMBERS_PER_MIB }, () => 0.5));
      await nextTurn();
    }
    this.#isMoving = false;
  }
}
