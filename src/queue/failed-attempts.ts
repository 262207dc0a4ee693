import { priorityOfRank } from "../../machines/contracts/priority.ts";
import type { ReceiptKey } from "../dependencies/dependency.ts";
import { DependencyError, type Effect, type ErrorSummary, summarizeError } from "../errors.ts";
import type { FailedAttempt } from "../operations/attempt-result.ts";
import type { RegisteredOperation } from "../operations/registered-operation.ts";
import { retryPauseMs } from "../operations/retry-pause.ts";
import type { Waiters } from "../operations/waiters.ts";
import type { Clock, Logger, Random } from "../ports.ts";
import type { Acknowledgements } from "./acknowledgements.ts";
import type { ClaimedRow, Journal, RowOfRun } from "./journal.ts";
import { durationOf, type EndedEvent } from "./ended-event.ts";

export interface FailedAttemptPorts {
  readonly journal: Journal;
  readonly acknowledgements: Acknowledgements;
  readonly waiters: Waiters;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly isStopping: () => boolean;
  readonly receiptKey: (row: ClaimedRow) => ReceiptKey;
  readonly fenceTimeoutMs: number;
  readonly onEnded: (event: EndedEvent) => void;
  readonly onClosing: () => void;
}

/** What becomes of the run after this row. `applied`: a fence has found that the row is completed. */
export type AfterFailure = "continue" | "stop" | { readonly applied: string | undefined };

/**
 * What a failed attempt means for its row, its lane and its caller (DESIGN: failure, attempts, unknown outcome):
 *
 * - failed while the breaker left `closed`, or handed back by `stop`: not counted, waits again in its place.
 * - transient, with attempts left: scheduled in its place, the lane waits.
 * - final, the caller still waits: an end, told after it is on disk; the lane goes on.
 * - final, nobody waits: a dead letter, which parks its lane or lets it go on.
 *
 * Before a final one a fence, wherever this attempt or an earlier one may have had an effect that was not answered:
 * a later attempt that hung or failed by itself has not looked.
 */
export class FailedAttempts {
  readonly #ports: FailedAttemptPorts;

  constructor(ports: FailedAttemptPorts) {
    this.#ports = ports;
  }

  async dispose(
    row: ClaimedRow,
    token: number,
    operation: RegisteredOperation,
    failure: FailedAttempt,
  ): Promise<AfterFailure> {
    const { journal, acknowledgements, waiters, clock, random, isStopping, onClosing } = this.#ports;
    const error = summarizeError(failure.error);
    const place = { sequence: row.sequence, token };
    const effectIsUnknown = leavesEffectUnknown(operation, failure);
    if (isStopping() || saysNothing(failure)) {
      waiters.markRetrying(row.sequence);
      // Interrupted, where it may have had its effect: so that it is fenced before it is cancelled or expires.
      await acknowledgements.write(() => journal.giveBack({ ...place, interrupted: effectIsUnknown, error }));
      return "stop";
    }
    const attempts = row.attempts + 1;
    if (failure.retryable && attempts < operation.retry.maximumAttempts) {
      waiters.markRetrying(row.sequence);
      const dueAt = clock.now() + retryPauseMs(operation.retry, attempts, random);
      await acknowledgements.write(() => journal.reschedule({ ...place, dueAt, error }));
      return "stop";
    }
    if (operation.receipted !== undefined && (effectIsUnknown || row.attempts > 0 || row.interruptions > 0)) {
      const fenced = waiters.hasSubmitter(row.sequence) ? await this.#fence(row, operation) : "not_now";
      if (typeof fenced === "object") return fenced;
      if (fenced === "not_now") {
        await acknowledgements.write(() => journal.close({ ...place, becomes: "dead", error }));
        onClosing();
        return "stop";
      }
    }
    if (waiters.hasSubmitter(row.sequence))
      return this.#tell(row, place, operation, failure, error, effectIsUnknown ? "none" : failure.effect);
    return this.#bury(row, place, operation, failure, error);
  }

  /** A caller waits for the truth: the fence is written now, and not in its turn. */
  async #fence(
    row: ClaimedRow,
    operation: RegisteredOperation,
  ): Promise<"fenced" | "not_now" | { readonly applied: string | undefined }> {
    const { dependency } = operation.receipted!;
    const { receipts } = dependency.connection;
    if (receipts === undefined || !dependency.closed) return "not_now";
    const { generation } = dependency;
    try {
      const fence = await receipts.fence(this.#ports.receiptKey(row), this.#ports.fenceTimeoutMs);
      return fence.state === "fenced" ? "fenced" : { applied: fence.result };
    } catch (error) {
      if (error instanceof DependencyError) dependency.failed(generation, error);
      return "not_now";
    }
  }

  async #tell(
    row: ClaimedRow,
    place: RowOfRun,
    operation: RegisteredOperation,
    failure: FailedAttempt,
    error: ErrorSummary,
    effect: Effect,
  ): Promise<"continue"> {
    const { journal, acknowledgements, waiters, clock, onEnded } = this.#ports;
    // Taken before it is written, so that nobody is answered `queued` meanwhile of what becomes an end.
    const told = waiters.take(row.sequence);
    const endedAt = clock.now();
    const written = await acknowledgements.write(() =>
      journal.end({ ...place, outcome: "failed", error, endedAt, replayed: false }),
    );
    for (const waiter of told)
      if (written) waiter.settle({ outcome: "failed", error: failure.error, effect });
      else waiter.release();
    if (written) onEnded(endOf(row, operation, failure, "failed", endedAt));
    return "continue";
  }

  async #bury(
    row: ClaimedRow,
    place: RowOfRun,
    operation: RegisteredOperation,
    failure: FailedAttempt,
    error: ErrorSummary,
  ): Promise<"continue" | "stop"> {
    const { journal, acknowledgements, logger, clock, onEnded } = this.#ports;
    const { name, onDeadLetter } = operation.definition;
    const skip = onDeadLetter === "skip";
    logger.warn(
      { operation: name, operationId: row.operationId, code: error.code, lane: skip ? "goes on" : "parked" },
      "an operation became a dead letter; a person must retry or discard it",
    );
    const written = await acknowledgements.write(() => journal.bury({ ...place, error, skip }));
    if (written) onEnded(endOf(row, operation, failure, "dead", clock.now()));
    return skip ? "continue" : "stop";
  }
}

const endOf = (
  row: ClaimedRow,
  { definition }: RegisteredOperation,
  { error, owner }: FailedAttempt,
  outcome: "failed" | "dead",
  endedAt: number,
): EndedEvent => ({
  operationId: row.operationId,
  name: definition.name,
  outcome,
  replayed: false,
  durationMs: durationOf(row, endedAt),
  priority: priorityOfRank(row.priority),
  errorCode: error.code,
  ...(owner === undefined ? {} : { dependency: owner }),
});

/** It may have had its effect in the dependency that keeps receipts. */
export const leavesEffectUnknown = ({ receipted }: RegisteredOperation, { effect, owner }: FailedAttempt): boolean =>
  effect === "unknown" && receipted !== undefined && owner === receipted.dependency.name;

/** The operation's content or its handler is wrong, whatever its dependencies do: trying it again changes nothing. */
export const isOwnFault = (failure: FailedAttempt): boolean =>
  !failure.retryable &&
  failure.effect === "none" &&
  !saysNothing(failure) &&
  (failure.owner === undefined || (failure.error instanceof DependencyError && failure.error.kind === "rejected"));

/** The attempt says nothing about the operation when the dependency went away under it. */
const saysNothing = ({ retryable, owner, breakerLeftClosed }: FailedAttempt): boolean =>
  breakerLeftClosed && (retryable || owner !== undefined);
