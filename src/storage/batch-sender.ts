import type { QueueSettings } from "../../config/types.ts";
import type { Alert } from "../alerts/alert.ts";
import { StorageError } from "../errors.ts";
import type { Clock, Logger } from "../ports.ts";
import type {
  Acceptance,
  Accepted,
  Claimed,
  ClaimRequest,
  ControlAction,
  MachineRecord,
  OperationEnd,
  TransitionRow,
} from "../queue/journal.ts";
import { DueTimer } from "./due-timer.ts";
import { Heartbeat } from "./heartbeat.ts";
import { PendingBatch } from "./pending-batch.ts";
import {
  ACCEPT,
  type AdministrativeRequest,
  type Reply,
  type Resumption,
  type RetryRequest,
  type RowRequest,
  type WriterReply,
} from "./protocol.ts";
import { settleBatch } from "./settle-batch.ts";
import { type StorageFailure, toStorageError } from "./storage-failure.ts";
import type { Opened, WriterThread } from "./writer-thread.ts";

export interface BatchSenderOptions {
  readonly queue: QueueSettings;
  readonly now: () => number;
  readonly setTimer?: Clock["setTimer"];
  readonly nextDue: number | null;
  readonly logger: Logger;
  readonly onReply: (batch: PendingBatch, reply: Reply) => void;
  /** The thread has ended; what is asked for waits. */
  readonly onDown?: (cause: Error) => void;
  /** Another one has taken over. */
  readonly onUp?: (opened: Opened) => void;
  readonly onLost: (error: Error) => void;
}

/** A batch with which the thread has ended so often, and which is not on disk, is not sent again. */
const MOST_SENDS = 2;

/** How long what nobody waits for may wait for company. */
const LINGER_MS = 5;

/**
 * Natural group commit: one batch is in flight, what comes meanwhile is the next one. So a lone caller waits for one
 * commit, and a thousand callers share one. The first request of a tick flushes at the tick's end, so that all of
 * the tick rides together. What nobody waits for lingers: the end of one call then rides with the acceptance of the
 * next, instead of making that wait for a commit of its own.
 *
 * A thread that ends takes at most one batch with it, the one in flight. Whoever takes over knows from the disk whether
 * that was committed: then it is answered from there, else it is sent again, before anything newer.
 */
export class BatchSender {
  readonly #thread: WriterThread;
  readonly #options: BatchSenderOptions;
  readonly #heartbeat: Heartbeat;
  readonly #due: DueTimer;
  /** In the order in which they will be sent; more than one only when the first is full. */
  #pending: PendingBatch[] = [new PendingBatch()];
  #inFlight: PendingBatch | undefined;
  #flushing = false;
  #lingering: NodeJS.Timeout | undefined;
  #stopped: StorageError | undefined;
  #closing = false;
  #lost = false;
  #idle: (() => void) | undefined;
  #lastBatch = 0;
  #waitingAcceptances = 0;
  #waitingBytes = 0;

  constructor(thread: WriterThread, options: BatchSenderOptions) {
    this.#thread = thread;
    this.#options = options;
    thread.listen({
      replied: (reply) => this.#replied(reply),
      down: (cause) => options.onDown?.(cause),
      up: (opened) => this.#resume(opened),
      lost: (cause) => this.#lose(cause),
    });
    this.#heartbeat = new Heartbeat(() => this.#walk());
    this.#due = new DueTimer(options, () => this.#look());
    this.#due.wakeAt(options.nextDue);
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
      const bytes = acceptance.input.length;
      this.#batchFor(bytes).addAcceptance(acceptance, { resolve, reject });
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
      this.#first().addEnd(end, { resolve, reject });
      this.#flushSoon(end.outcome !== "completed");
    });
  }

  row(request: RowRequest): Promise<void> {
    return this.#add((batch) => batch.rows.add(request));
  }

  finishRun(token: number, isAwaited: boolean): Promise<void> {
    return this.#add((batch) => batch.finished.add(token), isAwaited);
  }

  administer(request: AdministrativeRequest): Promise<unknown> {
    return this.#add((batch) => batch.administration.add(request));
  }

  /** Rides behind the acceptances that have lower numbers. */
  retry(request: RetryRequest): Promise<unknown> {
    return this.#add(() => {
      const last = this.#pending.at(-1) as PendingBatch;
      last.isAwaited = true;
      return last.retries.add(request);
    });
  }

  claim(request: ClaimRequest): Promise<Claimed> {
    return this.#add((batch) => batch.claims.add(request));
  }

  recordTransition(transition: TransitionRow): void {
    if (this.#stopped !== undefined) return;
    this.#first().unawaited.addTransition(transition, this.#options.logger);
    this.#flushSoon();
  }

  saveRecord(record: MachineRecord): void {
    if (this.#stopped !== undefined) return;
    this.#first().unawaited.records.set(record.id, record);
    this.#flushSoon();
  }

  saveAlert(alert: Alert): void {
    if (this.#stopped !== undefined) return;
    this.#first().unawaited.alerts.set(alert.id, alert);
    this.#flushSoon(false);
  }

  recordControlAction(action: ControlAction): void {
    if (this.#stopped !== undefined) return;
    this.#first().unawaited.addAction(action, this.#options.logger);
    this.#flushSoon();
  }

  /** The batch that nobody has been answered to, for a thread that takes over. */
  get unanswered(): Resumption["unanswered"] {
    const batch = this.#inFlight;
    if (batch === undefined) return null;
    const acceptances: number[] = [];
    for (let from = 0; from < batch.acceptances.length; from += ACCEPT.width)
      acceptances.push(batch.acceptances[from + ACCEPT.sequence] as number);
    return { batch: batch.number, acceptances };
  }

  /** What is in flight is committed before it, and where that failed, its transitions and records come along. */
  written(): Promise<void> {
    return this.#add((batch) => batch.addWitness());
  }

  /** Everything that was asked for is written, the shutdown is marked as clean, and the writer has ended. */
  async close(): Promise<void> {
    if (this.#stopped === undefined) {
      this.#stopped = new StorageError(
        "journal_closed",
        "the journal has been shut down: nothing can be asked of it any more",
      );
      this.#closing = true;
      this.#heartbeat.stop();
      this.#due.stop();
      await new Promise<void>((resolve) => {
        this.#idle = resolve;
        void this.#thread.restart();
        this.#flush();
      });
      if (this.#thread.isUp) this.#thread.post({ close: { now: this.#options.now() } });
    }
    await this.#thread.exited;
  }

  #add<Result>(request: (batch: PendingBatch) => Promise<Result>, isAwaited = true): Promise<Result> {
    if (this.#stopped !== undefined) return Promise.reject(this.#stopped);
    const result = request(this.#first());
    this.#flushSoon(isAwaited);
    return result;
  }

  #first(): PendingBatch {
    return this.#pending[0] as PendingBatch;
  }

  /** Acceptances keep their order, so a full batch is followed by another one. */
  #batchFor(bytes: number): PendingBatch {
    const { commitRows, commitBytes } = this.#options.queue;
    const last = this.#pending.at(-1) as PendingBatch;
    const isFull =
      last.acceptanceCount >= commitRows || (last.acceptanceCount > 0 && last.acceptanceBytes + bytes > commitBytes);
    if (!isFull) return last;
    const next = new PendingBatch();
    this.#pending.push(next);
    return next;
  }

  #flushSoon(isAwaited = true): void {
    if (isAwaited) this.#first().isAwaited = true;
    if (this.#flushing || this.#inFlight !== undefined || !this.#thread.isUp) return;
    if (!this.#first().isAwaited) {
      this.#lingering ??= setTimeout(() => this.#flushSoon(), LINGER_MS);
      return;
    }
    this.#flushing = true;
    setImmediate(() => {
      this.#flushing = false;
      this.#flush();
    });
  }

  #flush(): void {
    if (this.#inFlight !== undefined || !this.#thread.isUp) return;
    clearTimeout(this.#lingering);
    this.#lingering = undefined;
    const batch = this.#first();
    if (batch.isEmpty) {
      this.#idle?.();
      return;
    }
    this.#pending.shift();
    if (this.#pending.length === 0) this.#pending.push(new PendingBatch());
    this.#inFlight = batch;
    this.#lastBatch += 1;
    batch.number = this.#lastBatch;
    this.#send(batch);
  }

  #send(batch: PendingBatch): void {
    batch.sent += 1;
    batch.sentAt = this.#options.now();
    this.#thread.post({ batch: batch.toBatch(batch.sentAt) });
  }

  /** Another thread has taken over: first the batch that its predecessor took with it, then what is newer. */
  #resume(opened: Opened): void {
    this.#options.onUp?.(opened);
    this.#due.wakeAt(opened.nextDue);
    const batch = this.#inFlight;
    if (batch === undefined) {
      if (this.#closing) this.#flush();
      else if (!this.#first().isEmpty) this.#flushSoon(this.#first().isAwaited);
    } else if (opened.answered !== null) this.#replied({ done: opened.answered });
    else if (batch.sent < MOST_SENDS) this.#send(batch);
    else this.#replied({ failed: ENDS_WITH_IT });
  }

  #replied(message: WriterReply): void {
    const batch = this.#inFlight;
    if (batch === undefined) return;
    this.#inFlight = undefined;
    this.#waitingAcceptances -= batch.acceptanceCount;
    this.#waitingBytes -= batch.acceptanceBytes;
    if ("failed" in message) {
      batch.rejectAll(toStorageError(message.failed));
      // What nobody waits for comes along with the next request or heartbeat, and does not ask again by itself.
      const isAskedFor = !this.#first().isEmpty;
      if (!this.#closing) this.#first().unawaited.takeOver(batch.unawaited, this.#options.logger);
      if (!this.#closing && !isAskedFor) return;
    } else {
      // Counts first: whoever is woken by an answer reads them as of the same commit.
      this.#options.onReply(batch, message.done);
      settleBatch(batch, message.done);
      this.#due.wakeAt(message.done.nextDue);
    }
    if (this.#closing) this.#flush();
    else if (!this.#first().isEmpty) this.#flushSoon(this.#first().isAwaited);
  }

  #walk(): void {
    this.#first().walk = true;
    this.#flushSoon();
  }

  #look(): void {
    this.#first().look = true;
    this.#flushSoon();
  }

  #lose(cause: Error): void {
    if (this.#lost) return;
    this.#lost = true;
    this.#heartbeat.stop();
    this.#due.stop();
    // What was never sent is not on disk, and may be asked for again after the restart; the rest may be there.
    const error = writerLost(true, cause);
    this.#stopped = error;
    this.#inFlight?.rejectAll(writerLost(false, cause));
    for (const batch of this.#pending) batch.rejectAll(error);
    this.#pending = [new PendingBatch()];
    this.#inFlight = undefined;
    this.#idle?.();
    this.#options.onLost(error);
  }
}

const writerLost = (retryable: boolean, cause: Error): StorageError =>
  new StorageError(
    "writer_lost",
    "the thread that writes the journal has ended for good: restart the process; what was accepted is on disk",
    { cause, retryable },
  );

const ENDS_WITH_IT: StorageFailure = {
  code: "storage_unavailable",
  message: "the thread that writes the journal has ended twice while it wrote this: nothing of it was written",
  retryable: true,
};
