import { closeSync, openSync, writeSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { submitTo } from "./answer.ts";
import { chooseRate } from "./choose-rate.ts";
import type { LoadStatus } from "./messages.ts";
import { mix } from "./revisions.ts";
import type { Acknowledgement } from "./verify-acknowledgements.ts";
import type { Workload } from "./workload.ts";

export interface LoadSettings {
  readonly port: number;
  /** Where acknowledgements are appended; made here. */
  readonly file: string;
  /** Undefined: what a warm-up shows that the service can take. */
  readonly ratePerSecond: number | undefined;
}

/** The warm-up: so many operations at most, a few at a time, each of the next after an answer. */
const WARM_UP_OPERATIONS = 80;
const WARM_UP_SHARE = 0.1;
const WARM_UP_AT_A_TIME = 4;

const RESUBMIT_AFTER_MS = 100;
/** One answer in this many is thrown away unread, as if the connection had broken before it. */
const UNREAD_ANSWERS_ONE_IN = 100;

/**
 * Offers a workload at a steady rate, whatever comes back, and keeps its own record of what it was answered. What got
 * no answer is submitted again under the same idempotency key.
 */
export class Load {
  readonly #settings: LoadSettings;
  readonly #workload: Workload;
  readonly #file: number;
  /** Per lane that is being worked on, what is due behind the operation that has no acknowledgement yet. */
  readonly #due = new Map<number, number[]>();
  readonly #status = { offered: 0, completed: 0, queued: 0, failed: 0, refused: 0, resubmitted: 0 };
  readonly #allAcknowledged = Promise.withResolvers<void>();
  #open: number;

  constructor(settings: LoadSettings, workload: Workload) {
    this.#settings = settings;
    this.#workload = workload;
    this.#file = openSync(settings.file, "ax");
    this.#open = workload.settings.operations;
  }

  get status(): LoadStatus {
    return { ...this.#status, finished: this.#open === 0 };
  }

  /** Resolves when everything has been acknowledged; rejects when something was refused for good. */
  async run(): Promise<void> {
    void this.#offerAll();
    await this.#allAcknowledged.promise;
    closeSync(this.#file);
  }

  async #offerAll(): Promise<void> {
    const { operations } = this.#workload.settings;
    const ratePerSecond = this.#settings.ratePerSecond ?? chooseRate(await this.#warmUp(), operations);
    const offeredBefore = this.#status.offered;
    const startedAtMs = performance.now();
    while (this.#status.offered < operations) {
      const elapsedSeconds = (performance.now() - startedAtMs) / 1_000;
      const due = Math.min(operations, offeredBefore + 1 + Math.floor(elapsedSeconds * ratePerSecond));
      while (this.#status.offered < due) this.#offer(this.#status.offered++);
      await sleep(Math.max(1, 1_000 / ratePerSecond));
    }
  }

  /** How many operations a second the service answers, of the second half: a cold service gains speed. */
  async #warmUp(): Promise<number> {
    const { operations } = this.#workload.settings;
    const count = Math.min(WARM_UP_OPERATIONS, Math.floor(operations * WARM_UP_SHARE));
    const acknowledged = (): number => operations - this.#open;
    let halfAtMs = Number.NaN;
    while (acknowledged() < count) {
      if (this.#status.offered < count && this.#status.offered - acknowledged() < WARM_UP_AT_A_TIME)
        this.#offer(this.#status.offered++);
      else await sleep(1);
      if (Number.isNaN(halfAtMs) && acknowledged() >= count / 2) halfAtMs = performance.now();
    }
    return count / 2 / ((performance.now() - halfAtMs) / 1_000);
  }

  /** Within a lane one after the other, so that the order of offering is the order of acceptance. */
  #offer(operation: number): void {
    const lane = this.#workload.laneOf(operation);
    const due = this.#due.get(lane);
    if (due !== undefined) return void due.push(operation);
    this.#due.set(lane, [operation]);
    this.#workOn(lane).catch(this.#allAcknowledged.reject);
  }

  async #workOn(lane: number): Promise<void> {
    const due = this.#due.get(lane) ?? [];
    for (let operation = due.shift(); operation !== undefined; operation = due.shift()) {
      await this.#untilAcknowledged(operation, lane);
      this.#open -= 1;
    }
    this.#due.delete(lane);
    if (this.#open === 0) this.#allAcknowledged.resolve();
  }

  async #untilAcknowledged(operation: number, lane: number): Promise<void> {
    const { seed, runId } = this.#workload.settings;
    const body = JSON.stringify(this.#workload.inputOf(operation));
    for (let attempt = 1; ; attempt++) {
      const isUnread = attempt === 1 && mix(seed + operation) % UNREAD_ANSWERS_ONE_IN === 0;
      const answer = await submitTo(this.#settings.port, body, `${runId}-${operation}`);
      if (answer === undefined || isUnread) {
        this.#status.resubmitted += 1;
        await sleep(RESUBMIT_AFTER_MS);
      } else if (answer.status === "refused") {
        this.#status.refused += 1;
        if (answer.retryAfterSeconds === 0)
          throw new Error(`Operation ${operation} was refused for good: ${answer.message}`);
        await sleep(answer.retryAfterSeconds * 1_000);
      } else {
        const line: Acknowledgement = { operation, lane, status: answer.status, at: Date.now() };
        writeSync(this.#file, `${JSON.stringify(line)}\n`);
        this.#status[answer.status] += 1;
        return;
      }
    }
  }
}
