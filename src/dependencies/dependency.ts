import type { BreakerSettings, ConcurrencySettings } from "../../config/types.ts";
import type { DependencyError, DependencyFailureKind } from "../errors.ts";
import type { Clock, Logger } from "../ports.ts";
import type { Attempt } from "./attempt.ts";

/**
 * An external system that operations lean on: a name, a probe, one breaker, one concurrency limit.
 * `Handle` is what a handler gets for it. Made by `dependency()`, `embeddedGraph()` and `neo4j()`.
 */
export interface Dependency<Handle = unknown> {
  /** Unique within a runtime; appears in policies, statuses and metrics. */
  readonly name: string;
  readonly breaker: Partial<BreakerSettings>;
  readonly concurrency: Partial<ConcurrencySettings>;
  /** Builds the connection, without touching the network: a runtime starts while its dependencies are down. */
  connect(context: DependencyContext): DependencyConnection<Handle>;
}

export interface DependencyContext {
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The living side of a dependency within one runtime. */
export interface DependencyConnection<Handle = unknown> {
  /** Resolves when the dependency does what operations need of it; rejects with a `DependencyError`. Ends within the timeout. */
  probe(timeoutMs: number): Promise<void>;
  /** Throws away every connection and builds them anew (names, pool, credentials). Never rejects because the dependency is down. */
  reconnect(): Promise<void>;
  close(): Promise<void>;
  /** What a failure that came out of this dependency means; undefined when it did not come from it. */
  classify(error: unknown): DependencyError | undefined;
  /** What any failure of a call means, where the whole call was its own (`runtime.call`). */
  toError?(error: unknown): DependencyError;
  /**
   * The kind of what `toError` would make of it, without making it: an `Error` costs more than the rest of a failing
   * call, and whoever counts failures by the thousand reads none of them.
   */
  kindOf?(error: unknown): DependencyFailureKind;
  /** The handle for one attempt. Where `countsCalls` is true, each call through it is told to `calls` by itself. */
  handle(attempt: Attempt, calls?: CallCounts): Handle;
  /**
   * True when handles count each call where it happens: a handler may catch a failure, or make no call at all, so
   * that the end of its attempt says nothing about this dependency's health.
   */
  readonly countsCalls?: boolean;
  /** Present when effects can be receipted, so that a replay is a no-op. At most one such dependency per operation. */
  readonly receipts?: ReceiptStore<Handle>;
}

/** Where a dependency's calls are counted. A result belongs to the generation in which its call began. */
export interface CallCounts {
  readonly generation: number;
  succeeded(generation: number): void;
  failed(generation: number, error: DependencyError): void;
  /** For the adaptive limit: a call that begins, and what it is ended with: plain calls are compared with each other. */
  beginSample(): number;
  endSample(sample: number, kind: number, failure?: DependencyFailureKind | "unsaid"): void;
}

/** Names one life of one operation in a receipt. */
export interface ReceiptKey {
  /** Unique over all runtimes that share the graph: an unkeyed operation's id is prefixed by its journal's. */
  readonly operationId: string;
  /** Grows when a person retries a dead letter. */
  readonly incarnation: number;
}

export interface OnceRequest {
  /** `null`: no receipt is written (operations that are not queueable, and are never replayed). */
  readonly receipt: ReceiptKey | null;
  /** Keeps the result in the receipt, for a replay to return. */
  readonly keepResult: boolean;
  readonly attempt: Attempt;
}

export interface OnceResult {
  /** `before`: an earlier attempt had committed already, nothing was applied now. */
  readonly applied: "now" | "before";
  /** JSON text of the result; undefined when there is none, or a replay finds that none was kept. */
  readonly result: string | undefined;
}

/** One item of a batch: what `OnceRequest` says of one operation. */
export interface BatchItem {
  readonly receipt: ReceiptKey;
  readonly keepResult: boolean;
  /**
   * Nothing of it was ever begun, so that it will hardly have a receipt. Where all items say so, the store may begin
   * the work before it knows; should one have a receipt after all, nothing is applied and the work is called again.
   */
  readonly neverBegun?: boolean;
}

export interface OnceBatchRequest {
  /** In the order in which their effects are to happen. */
  readonly items: readonly BatchItem[];
  /** The batch is one attempt: its time, and its end, are those of all items. */
  readonly attempt: Attempt;
}

export type OnceBatchResult =
  /** One for each item, in their order. */
  | { readonly state: "applied"; readonly results: readonly OnceResult[] }
  /**
   * Fences forbid the items at these indexes, so nothing was applied: what stands behind one of them in its lane must
   * not pass it, and only the caller knows the lanes.
   */
  | { readonly state: "fenced"; readonly fenced: readonly number[] };

export type FenceResult =
  | { readonly state: "fenced" }
  | { readonly state: "applied"; readonly result: string | undefined };

/**
 * Exactly-once effects. `Handle` is the transaction that a handler writes through.
 */
export interface ReceiptStore<Handle> {
  /**
   * Runs `work` with a transaction that opens at its first use. The receipt is the transaction's first write, so
   * that a second application of the same receipt key fails inside the dependency whatever the timing. `work`
   * resolves to the JSON text of the result; the commit follows. When `attempt` ends early, the transaction is
   * closed, its handle throws, and the promise rejects.
   *
   * Rejects with a `DependencyError` when the transaction failed (even if `work` caught that and went on), its
   * `effect` telling whether the commit may have happened; with what `work` threw otherwise (rolled back).
   */
  once(request: OnceRequest, work: (transaction: Handle) => Promise<string | undefined>): Promise<OnceResult>;
  /**
   * As `once`, for many operations in one transaction. First the receipts of all items are written, whichever are not
   * there yet; `work` is then called with the indexes of those, in rising order, and resolves to the JSON text of each
   * one's result. It is not called when there are none. Items that were applied before are answered as such: a known
   * receipt never fails the batch, and an operation that stands in it twice is applied once.
   */
  onceBatch(
    request: OnceBatchRequest,
    work: (transaction: Handle, fresh: readonly number[]) => Promise<readonly (string | undefined)[]>,
  ): Promise<OnceBatchResult>;
  /**
   * Makes sure that this incarnation has no effect from now on, or finds that it had. Idempotent. Rejects with a
   * `DependencyError` while the dependency cannot answer.
   */
  fence(receipt: ReceiptKey, timeoutMs: number): Promise<FenceResult>;
  /** Which of these have an effect's receipt (not a fence): to verify a drain by a sample. */
  find(receipts: readonly ReceiptKey[], timeoutMs: number): Promise<readonly boolean[]>;
  /** Deletes receipts and fences that nobody can ask for any more. */
  purge(receipts: readonly ReceiptKey[], timeoutMs: number): Promise<void>;
}
