import type { RuntimeConfig } from "../../config/types.ts";
import type { AdmissionPolicy } from "../../machines/contracts/admission-policy.ts";
import { priorityOfRank } from "../../machines/contracts/priority.ts";
import { lowestRunningRank } from "../admission/admit.ts";
import type { AttemptsInFlight } from "../dependencies/attempts-in-flight.ts";
import type { ReceiptKey } from "../dependencies/dependency.ts";
import type { Settling } from "../dependencies/settling.ts";
import type { AttemptResult, CompletedAttempt } from "../operations/attempt-result.ts";
import { executeAttempt } from "../operations/execute-attempt.ts";
import { receiptOperationId } from "../operations/operation-id.ts";
import type { RegisteredOperation } from "../operations/registered-operation.ts";
import type { Waiters } from "../operations/waiters.ts";
import type { Clock, Logger, Random } from "../ports.ts";
import type { TimerWheel } from "../timer-wheel.ts";
import type { AbandonedRuns } from "./abandoned-runs.ts";
import type { Acknowledgements } from "./acknowledgements.ts";
import { durationOf, type EndedEvent } from "./ended-event.ts";
import { FailedAttempts } from "./failed-attempts.ts";
import type { ClaimedRow, Journal, OperationEnd, Run } from "./journal.ts";

export interface AttemptedRowsPorts {
  readonly journal: Journal;
  readonly acknowledgements: Acknowledgements;
  readonly attempts: AttemptsInFlight;
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
  readonly fenceTimeoutMs: number;
  readonly onEnded: (event: EndedEvent) => void;
  /** Something is in state `closing` and needs a fence. */
  readonly onClosing: () => void;
}

/** A run under execution: which of its rows have been dealt with, and their ends on their way to the disk. */
export class RunUnderWay {
  readonly run: Run;
  readonly ends: Promise<boolean>[] = [];
  /** Rows that have ended or wait otherwise: always the run's first. */
  disposed = 0;
  /** True when none of the rest is to be begun. */
  stopped = false;

  constructor(run: Run) {
    this.run = run;
  }

  /** Undefined when all have been dealt with. */
  get next(): ClaimedRow | undefined {
    return this.run.rows[this.disposed];
  }
}

/**
 * What is common to every way of executing rows: an attempt at one, and what becomes of it. A completed row is an end:
 * the caller is answered at once, and the end rides in a later commit (a crash between is a replay, absorbed by the
 * receipt). What a failed one becomes is decided in `FailedAttempts`.
 */
export class AttemptedRows {
  readonly ports: AttemptedRowsPorts;
  readonly failures: FailedAttempts;

  constructor(ports: AttemptedRowsPorts) {
    this.ports = ports;
    this.failures = new FailedAttempts({
      ...ports,
      isStopping: () => ports.attempts.stopping,
      receiptKey: (row) => this.receiptKey(row),
    });
  }

  /**
   * Whether what is claimed and not begun may be begun: otherwise it waits again, on disk and nowhere else. What is
   * under way goes on, whatever the policy has become.
   */
  mayContinue(operation: RegisteredOperation, priority: number): boolean {
    const policy = this.ports.policy();
    return (
      !this.ports.attempts.stopping &&
      operation.uses.every(({ dependency }) => dependency.closed) &&
      policy.batchFactor > 0 &&
      priority <= lowestRunningRank(policy)
    );
  }

  timeoutMs(operation: RegisteredOperation): number {
    return operation.attemptTimeoutMs * this.ports.policy().attemptTimeoutFactor;
  }

  receiptKey(row: { readonly operationId: string; readonly incarnation: number }): ReceiptKey {
    return {
      operationId: receiptOperationId(this.ports.journal.opened.journalId, row.operationId),
      incarnation: row.incarnation,
    };
  }

  /** One attempt at the run's next row, through `execute`, and what becomes of it. */
  async attempt(
    under: RunUnderWay,
    operation: RegisteredOperation,
    handler: Settling,
    parsed?: { readonly value: unknown },
  ): Promise<void> {
    const row = under.next!;
    const { versionOf, wheel, attempts } = this.ports;
    const result = await executeAttempt({
      operation,
      operationId: row.operationId,
      principal: row.principal,
      inputText: row.input,
      inputVersion: versionOf(row.definition),
      ...(parsed === undefined ? {} : { parsed }),
      attemptNumber: row.attempts + 1,
      timeoutMs: this.timeoutMs(operation),
      receipt: this.receiptKey(row),
      keepResult: row.keyed,
      wheel,
      attempts,
      onSettled: () => handler.settle(),
    });
    await this.dispose(under, operation, result);
  }

  /** What becomes of the run's next row after its attempt. */
  async dispose(under: RunUnderWay, operation: RegisteredOperation, result: AttemptResult): Promise<void> {
    const row = under.next!;
    if (result.kind === "completed") return this.complete(under, operation, result);
    const after = await this.failures.dispose(row, under.run.token, operation, result);
    if (typeof after === "object")
      return this.complete(under, operation, { kind: "completed", result: after.applied, replayed: true });
    under.disposed += 1;
    under.stopped = after === "stop";
  }

  /** The run's next row has had its effect. */
  complete(under: RunUnderWay, operation: RegisteredOperation, result: CompletedAttempt): void {
    const row = under.next!;
    under.disposed += 1;
    under.ends.push(this.#complete(row, under.run.token, operation, result));
  }

  /** Rows that were not begun wait again; behind the ends before them, which may still be tried. */
  async finish({ run, ends, disposed }: RunUnderWay): Promise<void> {
    const { acknowledgements, journal } = this.ports;
    if (ends.length > 0) await Promise.all(ends);
    if (disposed < run.rows.length) await acknowledgements.write(() => journal.finishRun(run.token));
  }

  /** Answers at once; resolves when the end is on disk. */
  async #complete(
    row: ClaimedRow,
    token: number,
    operation: RegisteredOperation,
    { result, replayed }: CompletedAttempt,
  ): Promise<boolean> {
    const { journal, acknowledgements, waiters, clock, config, onEnded } = this.ports;
    const isTooLarge = result !== undefined && Buffer.byteLength(result) > config.operations.maximumValueBytes;
    // A replay finds the value only where it was kept with the receipt.
    const valueOmitted = isTooLarge || (replayed && !row.keyed);
    const end: OperationEnd = {
      sequence: row.sequence,
      token,
      outcome: "completed",
      endedAt: clock.now(),
      replayed,
      ...(result === undefined || valueOmitted ? {} : { result }),
      ...(valueOmitted ? { valueOmitted: true } : {}),
    };
    const ending = { outcome: "completed", resultText: valueOmitted ? undefined : result, valueOmitted } as const;
    const written = acknowledgements.write(() => journal.end(end));
    waiters.settle(row.sequence, ending);
    onEnded({
      operationId: row.operationId,
      name: operation.definition.name,
      outcome: "completed",
      replayed,
      durationMs: durationOf(row, end.endedAt),
      priority: priorityOfRank(row.priority),
    });
    if (!(await written)) return false;
    // Who came between the two saw no end on the disk yet, and waits.
    waiters.settle(row.sequence, ending);
    return true;
  }
}
