import { closeSync, openSync, writeSync } from "node:fs";
import type { Acknowledged } from "./messages.ts";
import { workOf, type WorkloadSettings } from "./workload.ts";

/**
 * What the campaign itself was told, in a file of its own that the service never sees: one line per acknowledged
 * number, `NUMBER LIST STATUS`, in the order in which the answers arrived.
 */
export class AcknowledgementRecord implements Disposable {
  readonly #descriptor: number;
  readonly #workload: WorkloadSettings;
  /** By number: 1 when it was acknowledged. */
  #known = new Uint8Array(65_536);
  #reservedBelow = 0;
  readonly #counts = { completed: 0, queued: 0 };

  constructor(file: string, workload: WorkloadSettings) {
    this.#descriptor = openSync(file, "w");
    this.#workload = workload;
  }

  /** Numbers from here on have never been submitted. */
  get reservedBelow(): number {
    return this.#reservedBelow;
  }

  get completed(): number {
    return this.#counts.completed;
  }

  get queued(): number {
    return this.#counts.queued;
  }

  get acknowledged(): number {
    return this.#counts.completed + this.#counts.queued;
  }

  reserve(below: number): void {
    this.#reservedBelow = Math.max(this.#reservedBelow, below);
    if (below <= this.#known.length) return;
    const larger = new Uint8Array(Math.max(below, this.#known.length * 2));
    larger.set(this.#known);
    this.#known = larger;
  }

  acknowledge(outcomes: readonly { readonly number: number; readonly status: Acknowledged }[]): void {
    const lines = outcomes.map(({ number, status }) => {
      if (number >= this.#reservedBelow || this.#known[number] === 1)
        throw new Error(`Number ${number} was acknowledged, and nobody was waiting for that.`);
      this.#known[number] = 1;
      this.#counts[status] += 1;
      return `${number} ${workOf(number, this.#workload).list} ${status}\n`;
    });
    writeSync(this.#descriptor, lines.join(""));
  }

  /** What may have been submitted and was not acknowledged, in rising order. */
  unacknowledged(): readonly number[] {
    const numbers: number[] = [];
    for (let number = 0; number < this.#reservedBelow; number++) if (this.#known[number] === 0) numbers.push(number);
    return numbers;
  }

  [Symbol.dispose](): void {
    closeSync(this.#descriptor);
  }
}
