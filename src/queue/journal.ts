import type { Alert } from "../alerts/alert.ts";
import type { ErrorSummary } from "../errors.ts";
import type { TokenRecord } from "../security/access/access-token.ts";
import type { BatchRules } from "./run-groups.ts";

/**
 * The journal: the table of accepted operations, written by one thread in group commits. Every promise below
 * resolves after the COMMIT that holds its effect, and rejects with a `StorageError` when nothing was written.
 * Requests of one tick ride in one batch, and one batch is in flight at a time. Within a batch the order is:
 * ends, reschedules, give-backs, closings, burials, finished runs, administration, due rows, acceptances, claims;
 * so that an end, its successor's promotion and that one's claim share one commit.
 *
 * The life of a row:
 *
 *     accept ─> ready ─claim─> running ─end─> (gone: a row in `ended`)
 *          └─> blocked ┘ ^          ├─reschedule─> scheduled ─due─> ready
 *          └──> running ─┘          ├─giveBack──> ready | blocked
 *                                   ├─close─────> closing ─closed─> end or dead
 *                                   └─bury──────> dead ─retry─> ready | discard ─> end
 *          held: of a definition that is unknown or switched off; returns when it is known
 *
 * One rule keeps lanes in order: a lane's first row is its head, and only the head may be ready, scheduled,
 * running, closing, held or dead; the rows behind it are blocked (or running, when they follow the head in one
 * run). Whenever a head has gone or a run is finished, the lane is settled: a head that is blocked becomes ready.
 */
export interface Journal {
  readonly opened: JournalOpened;
  /** Rows per pool and state, as of the last commit. */
  readonly counts: ReadonlyMap<number, PoolCounts>;
  /** Bytes of input of all rows that have not ended, as of the last commit. */
  readonly waitingBytes: number;
  readonly freeDiskBytes: number;

  /**
   * The next number. It is the order of acceptance, so `accept` must be called with it in the same tick: numbers come
   * in rising order.
   */
  takeSequence(): number;
  /** The last number given out, whether or not its operation is on disk yet. */
  readonly lastSequence: number;
  accept(acceptance: Acceptance): Promise<Accepted>;
  claim(request: ClaimRequest): Promise<Claimed>;
  end(end: OperationEnd): Promise<void>;
  /** After a counted, transient failure: waits until `dueAt` in the first place of its lane. */
  reschedule(row: RowOfRun & { readonly dueAt: number; readonly error: ErrorSummary }): Promise<void>;
  /** Back to waiting without a counted attempt, as if it had not been claimed. `error`: what ended it, for the audit. */
  giveBack(row: RowOfRun & { readonly interrupted: boolean; readonly error?: ErrorSummary }): Promise<void>;
  /** Its outcome is unknown and must be made known by a fence before it may become what `becomes` says. */
  close(row: RowOfRun & { readonly becomes: ClosingTarget; readonly error: ErrorSummary }): Promise<void>;
  /** The fence has been written, or has found an effect. Ends, or buries: with `skip`, its lane may go on without it. */
  closed(answer: {
    readonly sequence: number;
    readonly found: "fenced" | "applied";
    readonly result?: string;
    readonly skip?: boolean;
  }): Promise<void>;
  bury(row: RowOfRun & { readonly error: ErrorSummary; readonly skip: boolean }): Promise<void>;
  /** The run is over: rows of it that were not begun wait again, and its lane is settled. */
  finishRun(token: number): Promise<void>;

  /** Rows in state `closing`, in order of their numbers, for whoever writes the fences. */
  closings(afterSequence: number, limit: number): Promise<readonly ClosingRow[]>;

  cancel(request: PersonsRequest): Promise<"cancelled" | "closing" | "running" | "not_waiting">;
  /** A skipped letter goes to the end of its lane and takes the next number for it. */
  retryDead(request: PersonsRequest & { readonly expiresAt: number }): Promise<RetriedDead>;
  discardDead(request: PersonsRequest): Promise<"discarded" | "not_dead">;
  /** Which definitions can be executed now. Rows of others are held when a claim meets them; held rows return. */
  setDefinitions(definitions: readonly RunnableDefinition[]): Promise<void>;

  /** Rides in the next batch; nobody needs to wait for it. */
  recordTransition(transition: TransitionRow): void;
  saveRecord(record: MachineRecord): void;
  /** The newest word on an alert. */
  saveAlert(alert: Alert): void;
  /** An entry of the audit log for what a person asked of the control plane, and what was answered. */
  recordControlAction(action: ControlAction): void;
  /** A token that was made or ended, and the entry of the audit log for it. `forget`: ids of others that are over. */
  saveToken(token: TokenRecord, forget: readonly number[], action: ControlAction): Promise<void>;
  /** Resolves when everything that was said until now is on disk, whoever else waits for it or not. */
  written(): Promise<void>;
  /** Ended rows that nobody asks for any more, after their receipts are gone. */
  purgeEnded(sequences: readonly number[]): Promise<void>;

  /** Called after a commit when the counts have changed. */
  onChange(listener: () => void): () => void;
  /** Called with rows that moved to `closing` without having been asked for: cancelled by a person, or found expired. */
  onClosing(listener: (rows: readonly ClosingRow[]) => void): () => void;
  /** Called with rows that expired while they waited and nobody claimed them. They have ended. */
  onExpired(listener: (sequences: readonly number[]) => void): () => void;
  /**
   * Called when the thread that writes has ended by itself. What was asked for waits until another one has taken over,
   * and is then written, or answered from the disk where it had been written already.
   */
  onDown(listener: (error: Error) => void): () => void;
  /** Called when another thread has taken over. */
  onUp(listener: () => void): () => void;
  /** Called when the writer is lost: no other thread takes over any more, and nothing can be written from then on. */
  onLost(listener: (error: Error) => void): () => void;
  /**
   * Brings the thread that writes back where it can be brought back: does not wait for the pause between attempts,
   * and ends a thread that does not answer, so that another one takes over. Never rejects.
   */
  restart(): Promise<Repair>;
  /** Asks for a commit that changes nothing, and says whether it is on disk in time. Never rejects. */
  verify(): Promise<Repair>;
  /** Waits for what was requested, marks the shutdown as clean and gives the data directory back. */
  shutDown(): Promise<void>;
}

/** Whether something works again, and what is known of it, in words. */
export interface Repair {
  readonly ok: boolean;
  readonly detail: string;
}

export interface JournalOpened {
  /** Drawn when the database was made; part of an unkeyed operation's receipt. */
  readonly journalId: string;
  /** Counts the processes that have opened it. */
  readonly epoch: number;
  /** The last number given out. */
  readonly highWater: number;
  /** Ids for the pools and definitions named at opening, in the same order. */
  readonly pools: readonly number[];
  readonly definitions: readonly number[];
  /** Every definition that was ever named, older versions too: what a claimed row's `definition` stands for. */
  readonly knownDefinitions: readonly { readonly id: number; readonly name: string; readonly version: number }[];
  /** Rows that a dead process left running, returned with one interruption each. */
  readonly interrupted: number;
  readonly cleanShutdown: boolean;
  /** When the last process wrote for the last time; wall time, 0 when there was none. */
  readonly lastWrittenAt: number;
  readonly records: readonly MachineRecord[];
  /** Alerts that are not resolved, and the highest id that was given out. */
  readonly alerts: readonly Alert[];
  readonly lastAlert: number;
  /** Every token that is known, by the hash of its secret. */
  readonly tokens: readonly TokenRecord[];
}

export interface PoolCounts {
  readonly ready: number;
  readonly scheduled: number;
  readonly blocked: number;
  readonly running: number;
  readonly closing: number;
  readonly held: number;
  readonly dead: number;
}

export interface Acceptance {
  /** From `takeSequence`. Numbers of a batch that was not committed are not used again in this process. */
  readonly sequence: number;
  /** `op_<sequence>`, or with an idempotency key `op_<hash>` with that key's hash (longer than 16 characters). */
  readonly operationId: string;
  readonly pool: number;
  readonly definition: number;
  /** 0 is the most urgent. */
  readonly priority: number;
  /** 47-bit hash of the ordering key; null without one. */
  readonly lane: number | null;
  readonly principal: string;
  readonly acceptedAt: number;
  readonly expiresAt: number;
  /** JSON text. */
  readonly input: string;
  /** `running` when the caller holds permits for it; given only where nothing is before it in its lane. */
  readonly wants: "running" | "ready";
  /**
   * With `ready`, why it is not begun: `policy:graph` (that dependency), `policy` (its priority), `limit`, `held`.
   * The writer says `lane` where that alone is why.
   */
  readonly because?: string | undefined;
  readonly key?: { readonly hash: string; readonly inputHash: string; readonly until: number };
}

export type Accepted =
  | { readonly state: "running"; readonly token: number }
  | { readonly state: "ready" | "blocked" }
  /** The key is known: of that operation, with the same input or other. */
  | { readonly state: "duplicate"; readonly sequence: number; readonly sameInput: boolean };

/** A row of a run, with the run's token, which fences acknowledgements of a run that is no longer its owner. */
export interface RowOfRun {
  readonly sequence: number;
  readonly token: number;
}

export interface ClaimRequest {
  readonly pool: number;
  /** Most groups of runs (`run-groups.ts`), one permit each; without batches, each run is a group. */
  readonly runs: number;
  readonly rows: number;
  readonly bytes: number;
  /** Most rows of one lane in one run. */
  readonly runRows: number;
  /** Only rows at least this urgent. */
  readonly lowestPriority: number;
  /**
   * Live calls that found no permit, by priority, 0 first: claimed before the other rows of their priority and after
   * everything that is more urgent. Ignored when no longer ready.
   */
  readonly preferred: readonly (readonly number[])[];
  /** Which runs may share a batch; none where it is not given. */
  readonly batching?: BatchRules;
}

export interface Claimed {
  readonly runs: readonly Run[];
  /** Of `preferred`: those that the claim had no room for, or did not come to. The others need not be named again. */
  readonly waiting: readonly number[];
  /** Ended by this claim because their life was over before they had begun. */
  readonly expired: readonly number[];
  /** Moved to `closing` by this claim: begun once and expired, or interrupted too often. */
  readonly closing: readonly ClosingRow[];
}

/** Consecutive rows of one lane (or one row without a lane) of one definition, executed in order as one unit. */
export interface Run {
  readonly token: number;
  readonly lane: number | null;
  readonly rows: readonly ClaimedRow[];
}

export interface ClaimedRow {
  readonly sequence: number;
  readonly operationId: string;
  readonly definition: number;
  readonly priority: number;
  readonly principal: string;
  readonly acceptedAt: number;
  readonly expiresAt: number;
  /** Counted attempts so far. */
  readonly attempts: number;
  readonly interruptions: number;
  readonly incarnation: number;
  readonly keyed: boolean;
  readonly input: string;
}

export type ClosingTarget = "dead" | "expired" | "cancelled" | "interrupted";

export interface ClosingRow {
  readonly sequence: number;
  readonly operationId: string;
  readonly pool: number;
  readonly definition: number;
  readonly incarnation: number;
  readonly becomes: ClosingTarget;
}

export type EndOutcome = "completed" | "failed" | "cancelled" | "expired" | "discarded";

export interface OperationEnd extends RowOfRun {
  readonly outcome: EndOutcome;
  /** JSON text of the value; undefined for none. */
  readonly result?: string;
  readonly valueOmitted?: boolean;
  readonly error?: ErrorSummary;
  readonly endedAt: number;
  /** `applied: "before"`: the receipt had been there. Kept for the audit. */
  readonly replayed: boolean;
}

export interface PersonsRequest {
  readonly sequence: number;
  readonly principal: string;
  readonly reason: string;
}

export type RetriedDead =
  /** `place`: in its old place, or at the end of its lane (a skipped letter), under a new number. */
  | { readonly state: "retried"; readonly place: "same" | "end"; readonly sequence: number }
  | { readonly state: "not_dead" };

export interface RunnableDefinition {
  readonly name: string;
  readonly version: number;
  /** True when it can also execute rows of older versions (it migrates their input). */
  readonly acceptsOlder: boolean;
}

/** One transition of one machine, as it is stored and told. */
export interface TransitionRow {
  readonly at: number;
  readonly machine: string;
  readonly from: string;
  readonly to: string;
  readonly event: string;
  /** JSON text of the cause. */
  readonly cause: string;
  /** The edge that was taken, `open#after.untilDeadline#0`; absent where a crash or a birth moved it. */
  readonly edge?: string;
  /** Counts what this process has told: with the epoch its place among all. */
  readonly number?: number;
}

/** What a person asked of the control plane, refused attempts too. */
export interface ControlAction {
  readonly at: number;
  readonly principal: string;
  /** `pin`, `release_pin`, `acknowledge_alert`, … */
  readonly action: string;
  /** What it was done to: `pin`, `breaker:graph`, `alert:7`. */
  readonly target: string;
  readonly reason: string | null;
  /** `pinned`, `conflict`, `unavailable`, or the code of the error that it was turned away with. */
  readonly outcome: string;
  /** What was asked for; never secrets. */
  readonly request: Readonly<Record<string, string | number | boolean | null>>;
}

/** What a supervised machine needs to go on after a restart. */
export interface MachineRecord {
  /** `breaker:graph`, `drain:graph`, … */
  readonly id: string;
  readonly version: number;
  readonly at: number;
  /** JSON text. */
  readonly state: string;
  /** JSON text. */
  readonly context: string;
}
