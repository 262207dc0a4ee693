import type { Worker } from "node:worker_threads";
import type { QueueSettings } from "../../config/types.ts";
import { StorageError } from "../errors.ts";
import type { Clock, Logger, TimerHandle } from "../ports.ts";
import type { Acceptance, Accepted, Claimed, ClaimRequest, MachineRecord, OperationEnd, TransitionRow } from "../queue/journal.ts";
import { Heartbeat } from "./heartbeat.ts";
import { operationState } from "./operation-state.ts";
import { PendingBatch } from "./pending-batch.ts";
import type { AdministrativeRequest, Reply, RetryRequest, RowRequest, WriterReply, WriterRequest } from "./protocol.ts";
import { settleBatch } from "./settle-batch.ts";
import { toStorageError } from "./storage-failure.ts";

export interface BatchSenderOptions {
  readonly queue: QueueSettings;
  readonly now: () => number;
  readonly setTimer?: Clock["setTimer"];
  readonly nextDue: number | null;
  readonly logger: Logger;
  readonly onReply: (reply: Reply) => void;
  readonly onLost: (error: Error) => void;
}

/** Transitions kept while they cannot be written; beyond it the oldest go, with a line in the log. */
const MAXIMUM_UNWRITTEN_TRANSITIONS = 10_000;

/**
 * Natural group commit: one batch is in flight, what comes meanwhile is the next one. So a lone caller waits for one
 * commit, and a thousand callers share one. The first request of a tick flushes at the tick's end, so that all of
 * the tick rides together.
 */
export class BatchSender {
  readonly #worker: Worker;
  readonly #options: BatchSenderOptions;
  readonly #heartbeat: Heartbeat;
  /** In the order in which they will be sent; more than one only when the first is full. */
  #pending: PendingBatch[] = [new PendingBatch()];
  #inFlight: PendingBatch | undefined;
  #flushing = false;
  #stopped: StorageError | undefined;
  #closing = false;
  #lost = false;
  #idle: (() => void) | undefined;
  readonly #exited: Promise<void>;
  #due: { readonly at: number; readonly timer: TimerHandle } | undefined;
  #waitingAcceptances = 0;
  #waitingBytes = 0;

  constructor(worker: Worker, options: BatchSenderOptions) {
    this.#worker = worker;
    this.#options = options;
    this.#exited = new Promise((resolve) => worker.once("exit", () => resolve()));
    worker.on("message", (reply: WriterReply) => this.#replied(reply));
    worker.on("error", (error) => this.#lose(error));
    worker.on("exit", () => this.#lose(new Error("the writer thread has ended")));
    this.#heartbeat = new Heartbeat(() => this.#walk());
    this.#wakeAt(options.nextDue);
  }

  /** Acceptances, and their bytes, that have not been answered. */
  get pendingAcceptances(): number {
    return this.#waitingAcceptances;
  }

  get pendingBytes(): number {
    return this.#waitingBytes;
  }

  accept(acceptance: Acceptance): Promise<Accepted> {
    return new Promise((resolve, reject) => {
      if (this.#stopped !== undefined) {
        reject(this.#stopped);
        return;
      }
      const { sequence, pool, priority, definition, lane, acceptedAt, expiresAt, key, operationId, principal, input, wants } = acceptance;
      const bytes = input.length;
      const batch = this.#batchFor(bytes);
      if (key !== undefined) batch.keys.push({ index: batch.acceptanceCount, hash: key.hash, inputHash: key.inputHash, until: key.until });
      batch.acceptances.push(
        sequence,
        wants === "running" ? operationState.running : operationState.ready,
        pool,
        priority,
        definition,
        lane,
        acceptedAt,
        expiresAt,
        key === undefined ? null : key.until,
        key === undefined ? null : operationId,
        principal,
        input,
      );
      batch.acceptanceWaiters.push({ resolve, reject });
      batch.acceptanceBytes += bytes;
      this.#waitingAcceptances += 1;
      this.#waitingBytes += bytes;
      this.#flushSoon();
    });
  }

  end(end: OperationEnd): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#stopped !== undefined) {
        reject(this.#stopped);
        return;
      }
      const batch = this.#first();
      batch.ends.push(
        end.sequence,
        end.token,
        end.outcome,
        Math.round(end.endedAt),
        end.replayed ? 1 : 0,
        end.valueOmitted === true ? 1 : 0,
        end.result ?? null,
        end.error === undefined ? null : JSON.stringify(end.error),
      );
      batch.endWaiters.push({ resolve, reject });
      this.#flushSoon();
    });
  }

  row(request: RowRequest): Promise<void> {
    return this.#add((batch) => batch.rows.add(request));
  }

  finishRun(token: number): Promise<void> {
    return this.#add((batch) => batch.finished.add(token));
  }

  administer(request: AdministrativeRequest): Promise<unknown> {
    return this.#add((batch) => batch.administration.add(request));
  }

  /** Rides behind the acceptances that have lower numbers. */
  retry(request: RetryRequest): Promise<unknown> {
    return this.#add(() => (this.#pending.at(-1) as PendingBatch).retries.add(request));
  }

  claim(request: ClaimRequest): Promise<Claimed> {
    return this.#add((batch) => batch.claims.add(request));
  }

  recordTransition(transition: TransitionRow): void {
    if (this.#stopped !== undefined) return;
    this.#first().transitions.push(transition);
    this.#flushSoon();
  }

  saveRecord(record: MachineRecord): void {
    if (this.#stopped !== undefined) return;
    this.#first().records.set(record.id, record);
    this.#flushSoon();
  }

  /** Everything that was asked for is written, the shutdown is marked as clean, and the writer has ended. */
  async close(): Promise<void> {
    if (this.#stopped === undefined) {
      this.#stopped = new StorageError("journal_closed", "the journal has been shut down: nothing can be asked of it any more");
      this.#closing = true;
      this.#heartbeat.stop();
      this.#due?.timer.cancel();
      await new Promise<void>((resolve) => {
        this.#idle = resolve;
        this.#flush();
      });
      this.#post({ close: { now: this.#options.now() } });
    }
    await this.#exited;
  }

  #add<Result>(request: (batch: PendingBatch) => Promise<Result>): Promise<Result> {
    if (this.#stopped !== undefined) return Promise.reject(this.#stopped);
    const result = request(this.#first());
    this.#flushSoon();
    return result;
  }

  #first(): PendingBatch {
    return this.#pending[0] as PendingBatch;
  }

  /** Acceptances keep their order, so a full batch is followed by another one. */
  #batchFor(bytes: number): PendingBatch {
    const { commitRows, commitBytes } = this.#options.queue;
    const last = this.#pending.at(-1) as PendingBatch;
    const isFull = last.acceptanceCount >= commitRows || (last.acceptanceCount > 0 && last.acceptanceBytes + bytes > commitBytes);
    if (!isFull) return last;
    const next = new PendingBatch();
    this.#pending.push(next);
    return next;
  }

  #flushSoon(): void {
    if (this.#flushing || this.#inFlight !== undefined) return;
    this.#flushing = true;
    setImmediate(() => {
      this.#flushing = false;
      this.#flush();
    });
  }

  #flush(): void {
    if (this.#inFlight !== undefined) return;
    const batch = this.#first();
    if (batch.isEmpty) {
      this.#idle?.();
      return;
    }
    this.#pending.shift();
    if (this.#pending.length === 0) this.#pending.push(new PendingBatch());
    this.#inFlight = batch;
    this.#post({ batch: batch.toBatch(this.#options.now()) });
  }

  #replied(message: WriterReply): void {
    const batch = this.#inFlight;
    if (batch === undefined) return;
    this.#inFlight = undefined;
    this.#waitingAcceptances -= batch.acceptanceCount;
    this.#waitingBytes -= batch.acceptanceBytes;
    if ("failed" in message) {
      batch.rejectAll(toStorageError(message.failed));
      this.#keepUnwritten(batch);
    } else {
      // Counts first: whoever is woken by an answer reads them as of the same commit.
      this.#options.onReply(message.done);
      settleBatch(batch, message.done);
      this.#wakeAt(message.done.nextDue);
    }
    if (this.#closing) this.#flush();
    else if (!this.#first().isEmpty) this.#flushSoon();
  }

  /** Nobody waits for transitions and records, so nobody would ask for them again. */
  #keepUnwritten({ transitions, records }: PendingBatch): void {
    const next = this.#first();
    next.transitions.unshift(...transitions);
    for (const [id, record] of records) if (!next.records.has(id)) next.records.set(id, record);
    const excess = next.transitions.length - MAXIMUM_UNWRITTEN_TRANSITIONS;
    if (excess <= 0) return;
    next.transitions.splice(0, excess);
    this.#options.logger.error({ transitions: excess }, "transitions could not be written for so long that the oldest were given up");
  }

  #walk(): void {
    this.#first().walk = true;
    this.#flushSoon();
  }

  /** Scheduled rows wake by themselves, also when nothing else is asked for. */
  #wakeAt(due: number | null): void {
    if (due === this.#due?.at) return;
    this.#due?.timer.cancel();
    this.#due = undefined;
    if (due === null || this.#closing) return;
    const { setTimer = realTimer, now } = this.#options;
    const timer = setTimer(
      () => {
        this.#due = undefined;
        this.#first().look = true;
        this.#flushSoon();
      },
      Math.max(0, due - now()),
    );
    this.#due = { at: due, timer };
  }

  #post(request: WriterRequest): void {
    this.#worker.postMessage(request);
  }

  #lose(cause: Error): void {
    if (this.#lost || (this.#closing && this.#inFlight === undefined)) return;
    this.#lost = true;
    this.#heartbeat.stop();
    this.#due?.timer.cancel();
    const error = new StorageError("writer_lost", "the thread that writes the journal has ended: restart the process; what was accepted is on disk", { cause });
    this.#stopped = error;
    this.#inFlight?.rejectAll(error);
    for (const batch of this.#pending) batch.rejectAll(error);
    this.#pending = [new PendingBatch()];
    this.#inFlight = undefined;
    this.#idle?.();
    this.#options.onLost(error);
  }
}

const LONGEST_TIMER_MS = 2 ** 31 - 1;

function realTimer(callback: () => void, delayMs: number): TimerHandle {
  const timer = setTimeout(callback, Math.min(delayMs, LONGEST_TIMER_MS)).unref();
  return { cancel: () => clearTimeout(timer) };
}
