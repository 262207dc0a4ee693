import * as real from "../../../src/queue/live-calls.ts";

/** Whoever waits for an answer goes before the whole backlog, however urgent that is. */
export class LiveCalls extends real.LiveCalls {
  override first(most: number): number[][] {
    return [super.first(most).flat()];
  }

  override drop(named: readonly (readonly number[])[], waiting: readonly number[]): void {
    const began = new Set(named.flat());
    for (const sequence of waiting) began.delete(sequence);
    for (const sequence of began) for (let priority = 0; priority < 5; priority += 1) this.delete(sequence, priority);
  }
}
