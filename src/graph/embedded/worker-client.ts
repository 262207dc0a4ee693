import type { Worker } from "node:worker_threads";
import { DependencyError, type Effect } from "../../errors.ts";
import { startThread } from "../../start-thread.ts";
import type {
  AnswerMessage,
  Job,
  JobResult,
  RequestKind,
  Requests,
  WorkerFailure,
  WorkerSettings,
} from "./messages.ts";

/** Bounds of one group commit. */
const MOST_JOBS = 512;
const MOST_CHARACTERS = 4 * 1_024 * 1_024;
/** About what a receipt's key takes. */
const RECEIPT_CHARACTERS = 100;

/** How long a worker may take to finish and close its file before it is ended by force. */
const CLOSE_WITHIN_MS = 5_000;

interface Pending<Value> {
  readonly effect: Effect;
  readonly resolve: (value: Value) => void;
  readonly reject: (error: DependencyError) => void;
}

interface WaitingJob extends Pending<JobResult> {
  readonly job: Job;
  readonly characters: number;
}

/** The main thread's end of the graph's worker: requests, and jobs gathered into one batch at a time. */
export class WorkerClient {
  readonly #dependency: string;
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending<never>>();
  #waitingJobs: WaitingJob[] = [];
  #batchInFlight = false;
  #nextId = 1;
  #lost: WorkerFailure | undefined;

  constructor(dependency: string, settings: WorkerSettings) {
    this.#dependency = dependency;
    this.#worker = startThread("./graph-worker", import.meta.url, {
      workerData: settings,
      name: `holdfast graph ${dependency}`,
    });
    this.#worker.on("message", (answer: AnswerMessage) => this.#answered(answer));
    this.#worker.on("error", (error) => this.#lose(`it threw ${error instanceof Error ? error.name : "something"}`));
    this.#worker.on("exit", () => this.#lose("it has ended"));
    this.#worker.unref();
  }

  /** True when the thread is gone; a new client is needed. */
  get lost(): boolean {
    return this.#lost !== undefined;
  }

  request<Kind extends RequestKind>(
    kind: Kind,
    request: Requests[Kind]["request"],
    effect: Effect = "none",
  ): Promise<Requests[Kind]["answer"]> {
    return new Promise((resolve, reject) => {
      if (this.#lost !== undefined) return reject(this.#toError(this.#lost));
      const id = this.#nextId++;
      // An idle graph does not keep the process alive, one that owes an answer does.
      if (this.#pending.size === 0) this.#worker.ref();
      this.#pending.set(id, { effect, resolve, reject } as Pending<never>);
      this.#worker.postMessage({ id, kind, ...request });
    });
  }

  /** Puts a job into the next group commit. Resolves when that is on disk. */
  async commit(job: Job): Promise<Extract<JobResult, { ok: true }>> {
    const result = await new Promise<JobResult>((resolve, reject) => {
      if (this.#lost !== undefined) return reject(this.#toError(this.#lost));
      this.#waitingJobs.push({ job, characters: sizeOf(job), effect: "none", resolve, reject });
      // The other jobs of this tick join it.
      if (this.#waitingJobs.length === 1 && !this.#batchInFlight) queueMicrotask(() => this.#sendBatch());
    });
    if (!result.ok) throw this.#toError(result.failure);
    return result;
  }

  /** Finishes what was requested, closes the file and ends the thread. */
  async close(): Promise<void> {
    if (this.#lost !== undefined) return;
    const forced = setTimeout(() => void this.#worker.terminate(), CLOSE_WITHIN_MS);
    const exited = new Promise((resolve) => this.#worker.once("exit", resolve));
    while (this.#waitingJobs.length > 0 && !this.lost) await new Promise((resolve) => setTimeout(resolve, 1));
    await this.request("close", {}).catch(() => {});
    await exited;
    clearTimeout(forced);
  }

  #sendBatch(): void {
    if (this.#batchInFlight || this.#waitingJobs.length === 0) return;
    const batch = takeBatch(this.#waitingJobs);
    this.#waitingJobs = this.#waitingJobs.slice(batch.length);
    this.#batchInFlight = true;
    this.request("batch", { jobs: batch.map(({ job }) => job) }, "unknown")
      .then(
        (results) => batch.forEach(({ resolve }, index) => resolve(results[index]!)),
        (error: DependencyError) => batch.forEach(({ reject }) => reject(error)),
      )
      .finally(() => {
        this.#batchInFlight = false;
        this.#sendBatch();
      });
  }

  #answered(answer: AnswerMessage): void {
    const pending = this.#pending.get(answer.id);
    this.#pending.delete(answer.id);
    if (this.#pending.size === 0) this.#worker.unref();
    if (answer.ok) pending?.resolve(answer.value as never);
    else pending?.reject(this.#toError(answer.failure));
  }

  #lose(how: string): void {
    if (this.#lost !== undefined) return;
    const failure = {
      code: "graph_worker_lost",
      message: `The graph's worker thread is gone: ${how}.`,
      kind: "unavailable" as const,
    };
    this.#lost = { ...failure, effect: "none" };
    const waiting: readonly Pending<never>[] = [...this.#pending.values(), ...(this.#waitingJobs as Pending<never>[])];
    this.#pending.clear();
    this.#waitingJobs = [];
    for (const { effect, reject } of waiting) reject(this.#toError({ ...failure, effect }));
  }

  #toError({ code, message, kind, effect }: WorkerFailure): DependencyError {
    return new DependencyError(code, message, {
      dependency: this.#dependency,
      kind,
      effect,
      reconnect: code === "graph_worker_lost",
    });
  }
}

/** The oldest jobs, within the bounds; at least one. */
function takeBatch(waiting: readonly WaitingJob[]): readonly WaitingJob[] {
  let characters = 0;
  let count = 0;
  for (const job of waiting) {
    characters += job.characters;
    if (count > 0 && (count === MOST_JOBS || characters > MOST_CHARACTERS)) break;
    count += 1;
  }
  return waiting.slice(0, count);
}

const sizeOf = (job: Job): number =>
  job.kind === "transaction"
    ? job.receipts.reduce((sum, { result }) => sum + RECEIPT_CHARACTERS + (result?.length ?? 0), 0) +
      job.writes.reduce((sum, write) => sum + write.length, 0)
    : RECEIPT_CHARACTERS;
