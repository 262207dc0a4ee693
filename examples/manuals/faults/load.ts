import type { Outcome, Priority, Runtime } from "holdfast";
import type { DevelopmentFault } from "holdfast/server";
import type { documentOperations } from "../document-operations.ts";

type Operations = ReturnType<typeof documentOperations>;

/** Every so often the work that is due is submitted. */
const EVERY_MS = 20;
/** Without answers for so many no more is offered: a service that hangs must not be filled by its own tester. */
const MOST_UNANSWERED = 4_000;
const LOGS = 64;
const QUESTION = "What temperature for the fryer?";
/** Of ten pieces of work, the sixth is a question, which does not wait for a graph that is gone; the rest are logs. */
const PRIORITIES: readonly (Priority | "question")[] = [
  "critical",
  "high",
  "normal",
  "normal",
  "normal",
  "question",
  "normal",
  "low",
  "low",
  "deferred",
];

/** Work for the manuals' service at a steady rate: entries in shift logs of all priorities, and questions. */
export class Load {
  readonly #operations: Operations;
  readonly #runtime: () => Runtime | undefined;
  readonly #counts = { completed: 0, queued: 0, refused: 0, failed: 0 };
  #ratePerSecond = 0;
  #begunAtMs = 0;
  #offered = 0;
  #number = 0;
  #unanswered = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(operations: Operations, runtime: () => Runtime | undefined) {
    this.#operations = operations;
    this.#runtime = runtime;
  }

  list(): readonly DevelopmentFault[] {
    const { completed, queued, refused, failed } = this.#counts;
    return [
      {
        kind: "slider",
        id: "load",
        title: "Load",
        explanation: `Entries in ${LOGS} shift logs, and questions. Answered so far: ${completed} completed, ${queued} queued, ${refused} refused, ${failed} failed.`,
        value: this.#ratePerSecond,
        minimum: 0,
        maximum: 1_000,
        step: 10,
        unit: "per second",
      },
    ];
  }

  set(_id: string, value: boolean | number): void {
    this.stop();
    this.#ratePerSecond = Number(value);
    if (this.#ratePerSecond === 0) return;
    this.#begunAtMs = performance.now();
    this.#offered = 0;
    this.#timer = setInterval(() => this.#offerWhatIsDue(), EVERY_MS).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#ratePerSecond = 0;
  }

  #offerWhatIsDue(): void {
    const runtime = this.#runtime();
    if (runtime?.phase !== "running") return;
    const due = Math.floor(((performance.now() - this.#begunAtMs) * this.#ratePerSecond) / 1_000);
    for (; this.#offered < due; this.#offered += 1) if (this.#unanswered < MOST_UNANSWERED) this.#offer(runtime);
  }

  #offer(runtime: Runtime): void {
    this.#number += 1;
    this.#unanswered += 1;
    const kind = PRIORITIES[this.#number % PRIORITIES.length] ?? "normal";
    const { ingestDocument, queryDocuments } = this.#operations;
    const answer: Promise<Outcome<unknown>> =
      kind === "question"
        ? runtime.submit(queryDocuments, { question: QUESTION })
        : runtime.submit(ingestDocument, this.#entry(), { priority: kind });
    answer
      .then(({ status }) => void (this.#counts[status] += 1))
      // It is being stopped.
      .catch(() => void (this.#counts.refused += 1))
      .finally(() => void (this.#unanswered -= 1));
  }

  /** A new revision of one of the logs; no temperature in it, so that no answer changes. */
  #entry(): { documentId: string; text: string } {
    const log = this.#number % LOGS;
    return { documentId: `shift-log-${log}`, text: `# Shift log ${log}\n\nEntry ${this.#number}: all is well.\n` };
  }
}
