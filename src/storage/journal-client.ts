import type { Worker } from "node:worker_threads";
import type { Alert } from "../alerts/alert.ts";
import { InvalidValueError, StorageError, type ErrorSummary } from "../errors.ts";
import type {
  Acceptance,
  Accepted,
  Claimed,
  ClaimRequest,
  ClosingRow,
  ClosingTarget,
  ControlAction,
  JournalOpened,
  MachineRecord,
  OperationEnd,
  PersonsRequest,
  PoolCounts,
  Repair,
  RetriedDead,
  RowOfRun,
  RunnableDefinition,
  TransitionRow,
} from "../queue/journal.ts";
import type { TokenRecord } from "../security/access/access-token.ts";
import { BatchSender } from "./batch-sender.ts";
import { checkAcceptance } from "./check-acceptance.ts";
import {
  checkAlert,
  checkClaim,
  checkControlAction,
  checkEnd,
  checkRecord,
  checkTransition,
  wholeMilliseconds,
  wholeNumber,
} from "./check-requests.ts";
import type { DataDirectoryLock } from "./data-directory-lock.ts";
import type { FreeDisk } from "./free-disk.ts";
import { Listeners } from "./listeners.ts";
import type { OpenJournalOptions, SqliteJournal } from "./open-journal.ts";
import { updateCounts, waitingRows } from "./pool-counts.ts";
import type { CountsReply, Durability, RowRequest } from "./protocol.ts";
import { RunsHeld } from "./runs-held.ts";
import { startWriter } from "./start-writer.ts";
import { type Opened, WriterThread } from "./writer-thread.ts";

/** The journal as the main thread has it: gathers what is asked for in a tick, and answers after the COMMIT. */
export class JournalClient implements SqliteJournal {
  readonly opened: JournalOpened;
  readonly durability: Durability;
  readonly counts = new Map<number, PoolCounts>();
  waitingBytes: number;

  readonly #options: OpenJournalOptions;
  readonly #thread: WriterThread;
  readonly #sender: BatchSender;
  /** What a thread that takes over is told. */
  readonly #runs = new RunsHeld();
  #definitions: readonly RunnableDefinition[];
  readonly #lock: DataDirectoryLock;
  readonly #freeDisk: FreeDisk;
  readonly #changed: Listeners<void>;
  readonly #closing: Listeners<readonly ClosingRow[]>;
  readonly #expired: Listeners<readonly number[]>;
  readonly #down: Listeners<Error>;
  readonly #up: Listeners<void>;
  readonly #lost: Listeners<Error>;
  #waitingRows: number;
  #lastSequence: number;
  #lastUsed: number;

  constructor(
    options: OpenJournalOptions,
    worker: Worker,
    opened: Opened,
    lock: DataDirectoryLock,
    freeDisk: FreeDisk,
  ) {
    this.opened = opened.opened;
    this.durability = opened.durability;
    this.waitingBytes = opened.counts.bytes;
    updateCounts(this.counts, opened.counts.pools);
    this.#waitingRows = waitingRows(this.counts);
    this.#lastSequence = this.opened.highWater;
    this.#lastUsed = this.#lastSequence;
    this.#changed = new Listeners(options.logger);
    this.#closing = new Listeners(options.logger);
    this.#expired = new Listeners(options.logger);
    this.#down = new Listeners(options.logger);
    this.#up = new Listeners(options.logger);
    this.#lost = new Listeners(options.logger);
    this.#definitions = options.definitions;
    this.#options = options;
    this.#lock = lock;
    this.#freeDisk = freeDisk;
    const timers = { now: options.now, ...(options.setTimer === undefined ? {} : { setTimer: options.setTimer }) };
    this.#thread = new WriterThread(worker, {
      ...timers,
      settings: options.storage,
      start: () => this.#startAnother(),
    });
    this.#sender = new BatchSender(this.#thread, {
      ...timers,
      queue: options.queue,
      nextDue: opened.nextDue,
      logger: options.logger,
      onReply: (batch, reply) => {
        this.#runs.committed(batch, reply);
        this.#tell(reply.counts, reply.closing, reply.expired);
      },
      onDown: (error) => this.#down.tell(error),
      onUp: ({ counts }) => {
        this.#tell(counts, [], []);
        this.#up.tell();
      },
      onLost: (error) => this.#lost.tell(error),
    });
  }

  get freeDiskBytes(): number {
    return this.#freeDisk.bytes;
  }

  takeSequence(): number {
    this.#lastSequence += 1;
    return this.#lastSequence;
  }

  get lastSequence(): number {
    return this.#lastSequence;
  }

  /** Not `async`: at a hundred thousand a second the wrapping promise would be a tenth of the main thread's work. */
  accept(acceptance: Acceptance): Promise<Accepted> {
    try {
      checkAcceptance(acceptance);
      this.#checkRoom();
      this.#use(acceptance.sequence);
    } catch (error) {
      return Promise.reject(error as Error);
    }
    return this.#sender.accept(acceptance);
  }

  async claim(request: ClaimRequest): Promise<Claimed> {
    return this.#sender.claim(checkClaim(request));
  }

  /** Not `async` either. */
  end(end: OperationEnd): Promise<void> {
    try {
      return this.#sender.end(checkEnd(end));
    } catch (error) {
      return Promise.reject(error as Error);
    }
  }

  async reschedule({
    sequence,
    token,
    dueAt,
    error,
  }: RowOfRun & { readonly dueAt: number; readonly error: ErrorSummary }): Promise<void> {
    const due = wholeMilliseconds("dueAt", dueAt);
    return this.#row({ kind: "reschedule", sequence, token, dueAt: due, error: JSON.stringify(error) });
  }

  giveBack({
    sequence,
    token,
    interrupted,
    error,
  }: RowOfRun & { readonly interrupted: boolean; readonly error?: ErrorSummary }): Promise<void> {
    const text = error === undefined ? null : JSON.stringify(error);
    return this.#row({ kind: "giveBack", sequence, token, interrupted, error: text });
  }

  close({
    sequence,
    token,
    becomes,
    error,
  }: RowOfRun & { readonly becomes: ClosingTarget; readonly error: ErrorSummary }): Promise<void> {
    return this.#row({ kind: "close", sequence, token, becomes, error: JSON.stringify(error) });
  }

  closed({
    sequence,
    found,
    result,
    skip,
  }: {
    readonly sequence: number;
    readonly found: "fenced" | "applied";
    readonly result?: string;
    readonly skip?: boolean;
  }): Promise<void> {
    return this.#row({ kind: "closed", sequence, found, result: result ?? null, skip: skip ?? false });
  }

  bury({
    sequence,
    token,
    error,
    skip,
  }: RowOfRun & { readonly error: ErrorSummary; readonly skip: boolean }): Promise<void> {
    return this.#row({ kind: "bury", sequence, token, error: JSON.stringify(error), skip });
  }

  finishRun(token: number): Promise<void> {
    return this.#sender.finishRun(token, this.#somethingIsBlocked());
  }

  async closings(afterSequence: number, limit: number): Promise<readonly ClosingRow[]> {
    wholeNumber("afterSequence", afterSequence);
    wholeNumber("limit", limit);
    return this.#sender.administer({ kind: "closings", afterSequence, limit }) as Promise<readonly ClosingRow[]>;
  }

  cancel(request: PersonsRequest): Promise<"cancelled" | "closing" | "running" | "not_waiting"> {
    return this.#sender.administer({ kind: "cancel", ...request }) as ReturnType<JournalClient["cancel"]>;
  }

  async retryDead({
    sequence,
    principal,
    reason,
    expiresAt,
  }: PersonsRequest & { readonly expiresAt: number }): Promise<RetriedDead> {
    const life = wholeMilliseconds("expiresAt", expiresAt);
    const nextSequence = this.takeSequence();
    this.#use(nextSequence);
    const request = { sequence, principal, reason, expiresAt: life, nextSequence };
    return this.#sender.retry(request) as Promise<RetriedDead>;
  }

  discardDead(request: PersonsRequest): Promise<"discarded" | "not_dead"> {
    return this.#sender.administer({ kind: "discardDead", ...request }) as ReturnType<JournalClient["discardDead"]>;
  }

  async setDefinitions(definitions: readonly RunnableDefinition[]): Promise<void> {
    this.#definitions = definitions;
    await this.#sender.administer({ kind: "setDefinitions", definitions });
  }

  async purgeEnded(sequences: readonly number[]): Promise<void> {
    await this.#sender.administer({ kind: "purgeEnded", sequences });
  }

  recordTransition(transition: TransitionRow): void {
    this.#sender.recordTransition(checkTransition(transition));
  }

  saveRecord(record: MachineRecord): void {
    this.#sender.saveRecord(checkRecord(record));
  }

  saveAlert(alert: Alert): void {
    this.#sender.saveAlert(checkAlert(alert));
  }

  recordControlAction(action: ControlAction): void {
    this.#sender.recordControlAction(checkControlAction(action));
  }

  async saveToken(token: TokenRecord, forget: readonly number[], action: ControlAction): Promise<void> {
    await this.#sender.administer({ kind: "saveToken", token, forget, action: checkControlAction(action) });
  }

  written(): Promise<void> {
    return this.#sender.written();
  }

  onChange(listener: () => void): () => void {
    return this.#changed.add(listener);
  }

  onClosing(listener: (rows: readonly ClosingRow[]) => void): () => void {
    return this.#closing.add(listener);
  }

  onExpired(listener: (sequences: readonly number[]) => void): () => void {
    return this.#expired.add(listener);
  }

  onDown(listener: (error: Error) => void): () => void {
    return this.#down.add(listener);
  }

  onUp(listener: () => void): () => void {
    return this.#up.add(listener);
  }

  onLost(listener: (error: Error) => void): () => void {
    return this.#lost.add(listener);
  }

  async restart(): Promise<Repair> {
    if (!this.#thread.isUp) return this.#thread.restart();
    const verified = await this.verify();
    if (verified.ok) return verified;
    await this.#thread.end();
    return this.#thread.restart();
  }

  async verify(): Promise<Repair> {
    if (!this.#thread.isUp) return { ok: false, detail: "no thread writes the journal now" };
    const { verifyTimeoutMs } = this.#options.storage;
    const asked = performance.now();
    const touched = this.#sender.administer({ kind: "touch" }).then(
      () => ({ ok: true, detail: `a commit was on disk after ${Math.round(performance.now() - asked)} ms` }),
      (error: Error) => ({ ok: false, detail: error.message }),
    );
    const { promise: late, resolve } = Promise.withResolvers<Repair>();
    const timer = setTimeout(
      () => resolve({ ok: false, detail: `a commit was not on disk after ${verifyTimeoutMs} ms` }),
      verifyTimeoutMs,
    );
    return Promise.race([touched, late]).finally(() => clearTimeout(timer));
  }

  async shutDown(): Promise<void> {
    this.#freeDisk.stop();
    try {
      await this.#sender.close();
    } finally {
      this.#lock.release();
    }
  }

  /** Then a finished run may make a head ready, which somebody may wait for. */
  #somethingIsBlocked(): boolean {
    for (const { blocked } of this.counts.values()) if (blocked > 0) return true;
    return false;
  }

  #row(request: RowRequest): Promise<void> {
    return this.#sender.row(request);
  }

  /** A number is the order within its lane, so the writer must see them rise. */
  #use(sequence: number): void {
    if (sequence <= this.#lastUsed)
      throw new InvalidValueError(
        "invalid_acceptance",
        "sequence",
        `an acceptance's sequence must be above ${this.#lastUsed}: take it from takeSequence, and accept in the same tick`,
      );
    this.#lastUsed = sequence;
    this.#lastSequence = Math.max(this.#lastSequence, sequence);
  }

  /** Refusing is for what is new: what was accepted is never dropped, and its end needs room too. */
  #checkRoom(): void {
    const { queue } = this.#options;
    if (this.#thread.staysDown)
      throw new StorageError(
        "storage_unavailable",
        "the thread that writes the journal has ended and is being started anew: submit again in a moment",
        { retryable: true },
      );
    const { pendingAcceptances, pendingBytes } = this.#sender;
    if (this.#freeDisk.bytes < queue.minimumFreeDiskBytes)
      throw new StorageError(
        "storage_full",
        `the disk of ${this.#options.dataDirectory} has less than ${queue.minimumFreeDiskBytes} bytes free: make room`,
        { retryable: true },
      );
    if (this.#waitingRows + pendingAcceptances >= queue.maximumRows)
      throw new StorageError("queue_full", `${queue.maximumRows} operations wait, which is the limit`, {
        retryable: true,
      });
    if (this.waitingBytes + pendingBytes >= queue.maximumBytes)
      throw new StorageError("queue_full", `${queue.maximumBytes} bytes of input wait, which is the limit`, {
        retryable: true,
      });
  }

  #startAnother(): Worker {
    return startWriter(
      { ...this.#options, definitions: this.#definitions },
      {
        epoch: this.opened.epoch,
        lastToken: this.#runs.lastToken,
        runs: this.#runs.list(),
        unanswered: this.#sender.unanswered,
      },
    );
  }

  #tell(counts: CountsReply, closing: readonly ClosingRow[], expired: readonly number[]): void {
    const changed = updateCounts(this.counts, counts.pools);
    this.waitingBytes = counts.bytes;
    if (changed) this.#waitingRows = waitingRows(this.counts);
    if (changed) this.#changed.tell();
    if (closing.length > 0) this.#closing.tell(closing);
    if (expired.length > 0) this.#expired.tell(expired);
  }
}
