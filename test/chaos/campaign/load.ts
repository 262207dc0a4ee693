import type { Outcome } from "holdfast";
import type { Acknowledged, Report, ServiceSettings } from "./messages.ts";
import { type Work, workOf } from "./workload.ts";

/** Submits that have no answer yet, at full load. */
const FULL_WINDOW = 1_024;

export interface LoadPorts {
  readonly submit: (work: Work) => Promise<Outcome>;
  readonly waiting: () => number;
  /** Must have left the process when it returns. */
  readonly report: (...reports: readonly Report[]) => void;
}

/**
 * Full load from within the service: as many submits as the window takes, number after number. What was answered, and
 * which numbers are submitted next, is reported before the next number is submitted.
 */
export class Load {
  /** Most submits without an answer. */
  window = FULL_WINDOW;
  readonly #ports: LoadPorts;
  readonly #settings: ServiceSettings;
  #resubmitted = 0;
  #next: number;
  #unanswered = 0;
  #outcomes: { readonly number: number; readonly status: Acknowledged }[] = [];
  #turnIsDue = false;

  constructor(settings: ServiceSettings, ports: LoadPorts) {
    this.#settings = settings;
    this.#ports = ports;
    this.#next = settings.from;
  }

  get finished(): boolean {
    return this.#unanswered === 0 && this.#outcomes.length === 0 && this.#left === 0;
  }

  /** Looks whether more can be submitted. Called again with every answer, and now and then while the backlog is long. */
  readonly look = (): void => {
    if (this.#turnIsDue) return;
    this.#turnIsDue = true;
    setImmediate(() => this.#turn());
  };

  get #left(): number {
    const { resubmit, until } = this.#settings;
    return resubmit.length - this.#resubmitted + ((until ?? Number.POSITIVE_INFINITY) - this.#next);
  }

  #turn(): void {
    this.#turnIsDue = false;
    const isBehind = this.#ports.waiting() > this.#settings.longestBacklog;
    const free = isBehind ? 0 : Math.max(0, this.window - this.#unanswered);
    const numbers = Array.from({ length: Math.min(free, this.#left) }, () => this.#take());
    const outcomes = this.#outcomes;
    this.#outcomes = [];
    const reports: Report[] = [];
    if (outcomes.length > 0) reports.push({ kind: "acknowledged", outcomes });
    if (numbers.length > 0) reports.push({ kind: "reserved", below: this.#next });
    if (reports.length > 0) this.#ports.report(...reports);
    for (const number of numbers) void this.#submit(workOf(number, this.#settings.workload));
  }

  #take(): number {
    return this.#settings.resubmit[this.#resubmitted] === undefined
      ? this.#next++
      : this.#settings.resubmit[this.#resubmitted++]!;
  }

  async #submit(work: Work): Promise<void> {
    this.#unanswered += 1;
    const outcome = await this.#ports.submit(work);
    this.#unanswered -= 1;
    if (outcome.status === "completed" || outcome.status === "queued")
      this.#outcomes.push({ number: work.number, status: outcome.status });
    else {
      const why = outcome.status === "refused" ? outcome.message : outcome.error.message;
      this.#ports.report({ kind: "trouble", message: `number ${work.number} was ${outcome.status}: ${why}` });
    }
    this.look();
  }
}
