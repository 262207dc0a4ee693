import type { Worker } from "node:worker_threads";
import type { Alert } from "../alerts/alert.ts";
import { StorageError, type ErrorSummary } from "../errors.ts";
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
import { AcceptanceRoom } from "./acceptance-room.ts";
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
import { SequenceNumbers } from "./sequence-numbers.ts";
import { startWriter } from "./start-writer.ts";
import { WriterRepair } from "./writer-repair.ts";
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
  readonly #room: AcceptanceRoom;
  readonly #numbers: SequenceNumbers;
  readonly #repair: WriterRepair;
  #waitingRows: number;

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
    this.#numbers = new SequenceNumbers(this.opened.highWater);
    this.#room = new AcceptanceRoom(options.queue, freeDisk, options.dataDirectory);
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
    this.#repair = new WriterRepair(
      this.#thread,
      () => this.#sender.administer({ kind: "touch" }),
      options.storage.verifyTimeoutMs,
    );
  }

  get freeDiskBytes(): number {
    return this.#freeDisk.bytes;
  }

  takeSequence(): number {
    return this.#numbers.take();
  }

  get lastSequence(): number {
    return this.#numbers.last;
  }

  /** Not `async`: at a hundred thousand a second the wrapping promise would be a tenth of the main thread's work. */
  accept(acceptance: Acceptance): Promise<Accepted> {
    try {
      checkAcceptance(acceptance);
      this.#checkRoom();
      this.#numbers.use(acceptance.sequence);
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
    this.#numbers.use(nextSequence);
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

  restart(): Promise<Repair> {
    return this.#repair.restart();
  }

  verify(): Promise<Repair> {
    return this.#repair.verify();
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

  #checkRoom(): void {
    if (this.#thread.staysDown)
      throw new StorageError(
        "storage_unavailable",
        "the thread that writes the journal has ended and is being started anew: submit again in a moment",
        { retryable: true },
      );
    const { pendingAcceptances, pendingBytes } = this.#sender;
    this.#room.check(this.#waitingRows + pendingAcceptances, this.waitingBytes + pendingBytes);
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
