import type { RuntimeConfig } from "../../config/types.ts";
import type { AdmissionPolicy } from "../../machines/contracts/admission-policy.ts";
import type { Attempt } from "../dependencies/attempt.ts";
import type { ReceiptKey } from "../dependencies/dependency.ts";
import { type HoldfastError, StorageError, summarizeError } from "../errors.ts";
import { type AttemptResult, executeAttempt } from "../operations/execute-attempt.ts";
import { receiptOperationId } from "../operations/operation-id.ts";
import type { RegisteredOperation } from "../operations/registered-operation.ts";
import { retryPauseMs } from "../operations/retry-pause.ts";
import type { Waiters } from "../operations/waiters.ts";
import type { Clock, Logger, Random } from "../ports.ts";
import type { TimerWheel } from "../timer-wheel.ts";
import type { AbandonedRuns } from "./abandoned-runs.ts";
import type { ClaimedRow, Journal, OperationEnd, Run } from "./journal.ts";

export interface RunExecutorPorts {
  readonly journal: Journal;
  readonly waiters: Waiters;
  readonly wheel: TimerWheel;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly config: RuntimeConfig;
  readonly abandoned: AbandonedRuns;
  readonly policy: () => AdmissionPolicy;
  /** The version an interned definition id stands for. */
  readonly versionOf: (definitionId: number) => number;
  /** An operation has reached its end, or has become a dead letter. */
  readonly onEnded: (event: {
    readonly operationId: string;
    readonly name: string;
    readonly outcome: "completed" | "failed" | "dead";
    readonly replayed: boolean;
  }) => void;
  /** Something is in state `closing` and needs a fence. */
  readonly onClosing: () => void;
}

/** Whether the run goes on with its next row. */
type Next = "continue" | "stop";

/**
 * Executes a run: its rows one after the other, in order. What a failure means for the row, its lane and its caller
 * is decided here (DESIGN: failure, attempts, unknown outcome):
 *
 * - completed: an end; the caller is answered at once, the end rides in a later commit (a crash between is a replay,
 *   absorbed by the receipt).
 * - failed while the breaker left `closed`, or handed back by `stop`: not counted, waits again in its place.
 * - transient, with attempts left: scheduled in its place, the lane waits.
 * - final, effect none, the caller still waits: an end, told after it is on disk; the lane goes on.
 * - final, nobody waits: a dead letter, which parks its lane or lets it go on.
 * - final, effect unknown: a fence first.
 */
export class RunExecutor {
  readonly #ports: RunExecutorPorts;
  readonly #attempts = new Map<Attempt, () => void>();
  #stopping = false;

  constructor(ports: RunExecutorPorts) {
    this.#ports = ports;
  }

  /** Attempts in flight. */
  get inFlight(): number {
    return this.#attempts.size;
  }

  /** Ends what is in flight: its rows are handed back. */
  abortAll(reason: HoldfastError): void {
    this.#stopping = true;
    for (const attempt of this.#attempts.keys()) attempt.end(reason);
  }

  /**
   * Resolves when the run holds its permits no longer: its rows are dealt with and its handler has settled or has
   * been given up. Never rejects. With `untilOnDisk`, its ends have been committed as well.
   */
  async execute(
    run: Run,
    operation: RegisteredOperation,
    {
      parsed,
      untilOnDisk = false,
    }: { readonly parsed?: { readonly value: unknown }; readonly untilOnDisk?: boolean } = {},
  ): Promise<void> {
    let settled: Promise<void> = Promise.resolve();
    try {
      for (const [index, row] of run.rows.entries()) {
        if (index > 0 && !this.#mayContinue(operation)) break;
        const handler = Promise.withResolvers<void>();
        settled = handler.promise;
        const result = await this.#attempt(row, operation, handler.resolve, index === 0 ? parsed : undefined);
        if ((await this.#dispose(row, run.token, operation, result)) === "stop") break;
      }
    } catch (error) {
      this.#storageFailed(error);
    }
    const finished = this.#ports.journal.finishRun(run.token).catch((error: unknown) => this.#storageFailed(error));
    if (untilOnDisk) await finished;
    await this.#ports.abandoned.untilSettled(settled, operation);
  }

  #mayContinue(operation: RegisteredOperation): boolean {
    return !this.#stopping && operation.uses.every(({ dependency }) => dependency.closed);
  }

  async #attempt(
    row: ClaimedRow,
    operation: RegisteredOperation,
    onSettled: () => void,
    parsed?: { readonly value: unknown },
  ): Promise<AttemptResult> {
    let current: Attempt | undefined;
    try {
      return await executeAttempt({
        operation,
        operationId: row.operationId,
        principal: row.principal,
        inputText: row.input,
        inputVersion: this.#ports.versionOf(row.definition),
        ...(parsed === undefined ? {} : { parsed }),
        attemptNumber: row.attempts + 1,
        timeoutMs: operation.attemptTimeoutMs * this.#ports.policy().attemptTimeoutFactor,
        receipt: this.receiptKey(row),
        keepResult: row.keyed,
        wheel: this.#ports.wheel,
        onStart: (attempt) => {
          current = attempt;
          this.#attempts.set(attempt, onSettled);
        },
        onSettled,
      });
    } finally {
      if (current !== undefined) this.#attempts.delete(current);
    }
  }

  receiptKey(row: { readonly operationId: string; readonly incarnation: number }): ReceiptKey {
    return {
      operationId: receiptOperationId(this.#ports.journal.opened.journalId, row.operationId),
      incarnation: row.incarnation,
    };
  }

  async #dispose(row: ClaimedRow, token: number, operation: RegisteredOperation, result: AttemptResult): Promise<Next> {
    const { journal, waiters, clock, random } = this.#ports;
    if (result.kind === "completed") {
      this.#complete(row, token, operation, result);
      return "continue";
    }
    const error = summarizeError(result.error);
    const place = { sequence: row.sequence, token };
    if (this.#stopping || this.#breakerLeftClosed(operation, result)) {
      waiters.markRetrying(row.sequence);
      await journal.giveBack({ ...place, interrupted: false });
      return "stop";
    }
    const attempts = row.attempts + 1;
    if (result.retryable && attempts < operation.retry.maximumAttempts) {
      waiters.markRetrying(row.sequence);
      await journal.reschedule({
        ...place,
        dueAt: clock.now() + retryPauseMs(operation.retry, attempts, random),
        error,
      });
      return "stop";
    }
    if (result.effect === "unknown" && operation.receipted !== undefined) {
      await journal.close({ ...place, becomes: "dead", error });
      this.#ports.onClosing();
      return "stop";
    }
    if (waiters.hasSubmitter(row.sequence)) {
      const told = waiters.take(row.sequence);
      await journal.end({ ...place, outcome: "failed", error, endedAt: clock.now(), replayed: false });
      for (const waiter of told) waiter.settle({ outcome: "failed", error: result.error });
      this.#ports.onEnded({
        operationId: row.operationId,
        name: operation.definition.name,
        outcome: "failed",
        replayed: false,
      });
      return "continue";
    }
    const skip = operation.definition.onDeadLetter === "skip";
    this.#ports.logger.warn(
      {
        operation: operation.definition.name,
        operationId: row.operationId,
        code: error.code,
        lane: skip ? "goes on" : "parked",
      },
      "an operation became a dead letter; a person must retry or discard it",
    );
    await journal.bury({ ...place, error, skip });
    this.#ports.onEnded({
      operationId: row.operationId,
      name: operation.definition.name,
      outcome: "dead",
      replayed: false,
    });
    return skip ? "continue" : "stop";
  }

  #complete(
    row: ClaimedRow,
    token: number,
    operation: RegisteredOperation,
    result: Extract<AttemptResult, { kind: "completed" }>,
  ): void {
    const { journal, waiters, clock, config } = this.#ports;
    const isTooLarge =
      result.result !== undefined && Buffer.byteLength(result.result) > config.operations.maximumValueBytes;
    // A replay finds the value only where it was kept with the receipt.
    const valueOmitted = isTooLarge || (result.replayed && !row.keyed);
    const end: OperationEnd = {
      sequence: row.sequence,
      token,
      outcome: "completed",
      endedAt: clock.now(),
      replayed: result.replayed,
      ...(result.result === undefined || valueOmitted ? {} : { result: result.result }),
      ...(valueOmitted ? { valueOmitted: true } : {}),
    };
    journal.end(end).catch((error: unknown) => this.#storageFailed(error));
    waiters.settle(row.sequence, {
      outcome: "completed",
      resultText: valueOmitted ? undefined : result.result,
      valueOmitted,
    });
    this.#ports.onEnded({
      operationId: row.operationId,
      name: operation.definition.name,
      outcome: "completed",
      replayed: result.replayed,
    });
  }

  /** The attempt says nothing about the operation when the dependency went away under it. */
  #breakerLeftClosed(operation: RegisteredOperation, result: Extract<AttemptResult, { kind: "failed" }>): boolean {
    if (!result.retryable && result.owner === undefined) return false;
    return operation.uses.some(
      ({ dependency }) => !dependency.closed && (result.owner === undefined || result.owner === dependency.name),
    );
  }

  #storageFailed(error: unknown): void {
    const code = error instanceof StorageError ? error.code : "internal";
    this.#ports.logger.error(
      { code },
      "an end could not be written; the operation will be replayed, and its receipt absorbs that",
    );
  }
}
