import { onTestFinished } from "vitest";
import { until } from "../support/ledger.ts";
import { type HttpAnswer, mutate } from "./http-questions.ts";

/** One call, and what became of it. */
export interface Answered {
  readonly number: number;
  readonly sentAt: number;
  readonly answeredAt: number;
  /** `completed`, `queued by memory_exhaustion`, `refused (shed)`. */
  readonly answer: string;
}

interface WireOutcome {
  readonly status: string;
  readonly reason?: string;
  readonly cause?: { readonly actor: string };
}

/**
 * Calls one operation after the other, as fast as it is answered, whether somebody listens or not. So its answers
 * stand in the order in which the service gave them, and the first is of the first moment in which it gives any.
 */
export class SerialCaller {
  /** Answers of the running service, oldest first. */
  readonly answers: Answered[] = [];
  readonly #port: number;
  readonly #lane: string;
  readonly #priority: string;
  #next: number;
  #stopped = false;
  #done: Promise<void>;

  constructor(port: number, priority: string, options: { readonly lane?: string; readonly from?: number } = {}) {
    this.#port = port;
    this.#priority = priority;
    this.#lane = options.lane ?? priority;
    this.#next = options.from ?? 1;
    this.#done = this.#call();
    // Not waited for: a service that stands never answers, and is killed only afterwards.
    onTestFinished(() => void this.stop());
  }

  /** The numbers that were acknowledged, in their order. */
  get acknowledged(): readonly number[] {
    return this.answers.flatMap(({ answer, number }) => (/^(completed|queued)/.test(answer) ? [number] : []));
  }

  /** What it was answered, without repetitions: `["completed", "queued by …"]`. */
  get phases(): readonly string[] {
    return this.answers.map(({ answer }) => answer).filter((answer, index, all) => answer !== all[index - 1]);
  }

  async answered(times: number): Promise<void> {
    const wanted = this.answers.length + times;
    await until(`${times} more answers`, () => this.answers.length >= wanted);
  }

  async saw(answer: string): Promise<void> {
    await until(`the answer ${answer}; so far: ${this.phases.join()}`, () => this.phases.at(-1) === answer);
  }

  /** Resolves when no call is in flight any more. */
  stop(): Promise<void> {
    this.#stopped = true;
    return this.#done;
  }

  async #call(): Promise<void> {
    while (!this.#stopped) {
      const number = this.#next;
      const sentAt = Date.now();
      const answer = await mutate(this.#port, "operations.submit", {
        name: "ledger.append",
        input: { lane: this.#lane, number },
        priority: this.#priority,
        idempotencyKey: `${this.#lane} ${number}`,
      });
      const told = wordOf(answer);
      if (told === undefined) await new Promise((resolve) => setTimeout(resolve, 2));
      else {
        this.answers.push({ number, sentAt, answeredAt: Date.now(), answer: told });
        this.#next += 1;
      }
    }
  }
}

/** Undefined where there was nobody, or a service that still starts: the same number is asked again. */
function wordOf({ status, data }: HttpAnswer): string | undefined {
  if (status !== 200) return undefined;
  const outcome = data as WireOutcome;
  if (outcome.status === "queued") return `queued by ${outcome.cause?.actor ?? "nobody"}`;
  return outcome.status === "refused" ? `refused (${outcome.reason})` : outcome.status;
}
