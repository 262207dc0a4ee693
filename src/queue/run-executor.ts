import type { RuntimeConfig } from "../../config/types.ts";
import type { AdmissionPolicy } from "../../machines/contracts/admission-policy.ts";
import type { AttemptsInFlight } from "../dependencies/attempts-in-flight.ts";
import type { ReceiptKey } from "../dependencies/dependency.ts";
import { Settling } from "../dependencies/settling.ts";
import { type AttemptResult, executeAttempt } from "../operations/execute-attempt.ts";
import { receiptOperationId } from "../operations/operation-id.ts";
import type { RegisteredOperation } from "../operations/registered-operation.ts";
import type { Waiters } from "../operations/waiters.ts";
import type { Clock, Logger, Random } from "../ports.ts";
import type { TimerWheel } from "../timer-wheel.ts";
import type { AbandonedRuns } from "./abandoned-runs.ts";
import type { Acknowledgements } from "./acknowledgements.ts";
import { FailedAttempts } from "./failed-attempts.ts";
import type { ClaimedRow, Journal, OperationEnd, Run } from "./journal.ts";

/** An operation has reached its end, or has become a dead letter. */
export interface EndedEvent {
  readonly operationId: string;
  readonly name: string;
  readonly outcome: "completed" | "failed" | "dead";
  readonly replayed: boolean;
}

export interface RunExecutorPorts {
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

type CompletedAttempt = Pick<Extract<AttemptResult, { kind: "completed" }>, "result" | "replayed">;

/**
 * Executes a run: its rows one after the other, in order. A completed row is an end: the caller is answered at once,
 * and the end rides in a later commit (a crash between is a replay, absorbed by the receipt). What a failed one
 * becomes is decided in `FailedAttempts`.
 */
export class RunExecutor {
  readonly #ports: RunExecutorPorts;
  readonly #failures: FailedAttempts;

  constructor(ports: RunExecutorPorts) {
    this.#ports = ports;
    this.#failures = new FailedAttempts({
      ...ports,
      isStopping: () => ports.attempts.stopping,
      receiptKey: (row) => this.#receiptKey(row),
    });
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
    const ends: Promise<boolean>[] = [];
    let handler = new Settling();
    handler.settle();
    let disposed = 0;
    try {
      for (const row of run.rows) {
        if (disposed > 0 && !this.#mayContinue(operation)) break;
        if (parsed === undefined) this.#ports.waiters.markRunning(row.sequence);
        handler = new Settling();
        const result = await this.#attempt(row, operation, handler, disposed === 0 ? parsed : undefined);
        const next = await this.#dispose(row, run.token, operation, result, ends);
        disposed += 1;
        if (next === "stop") break;
      }
    } catch (error) {
      this.#ports.logger.error(
        { error: error instanceof Error ? error.name : "unknown" },
        "a run ended by a fault of its own; its rows wait again",
      );
    }
    const written = this.#finish(run, disposed, ends);
    if (untilOnDisk) await written;
    if (!handler.isSettled) await this.#ports.abandoned.untilSettled(handler, operation);
  }

  /** Rows that were not begun wait again; behind the ends before them, which may still be tried. */
  async #finish(run: Run, disposed: number, ends: readonly Promise<boolean>[]): Promise<void> {
    const { acknowledgements, journal } = this.#ports;
    if (ends.length > 0) await Promise.all(ends);
    if (disposed < run.rows.length) await acknowledgements.write(() => journal.finishRun(run.token));
  }

  #mayContinue(operation: RegisteredOperation): boolean {
    return !this.#ports.attempts.stopping && operation.uses.every(({ dependency }) => dependency.closed);
  }

  #attempt(
    row: ClaimedRow,
    operation: RegisteredOperation,
    handler: Settling,
    parsed?: { readonly value: unknown },
  ): Promise<AttemptResult> {
    const { versionOf, policy, wheel, attempts } = this.#ports;
    return executeAttempt({
      operation,
      operationId: row.operationId,
      principal: row.principal,
      inputText: row.input,
      inputVersion: versionOf(row.definition),
      ...(parsed === undefined ? {} : { parsed }),
      attemptNumber: row.attempts + 1,
      timeoutMs: operation.attemptTimeoutMs * policy().attemptTimeoutFactor,
      receipt: this.#receiptKey(row),
      keepResult: row.keyed,
      wheel,
      attempts,
      onSettled: () => handler.settle(),
    });
  }

  #receiptKey(row: { readonly operationId: string; readonly incarnation: number }): ReceiptKey {
    return {
      operationId: receiptOperationId(this.#ports.journal.opened.journalId, row.operationId),
      incarnation: row.incarnation,
    };
  }

  async #dispose(
    row: ClaimedRow,
    token: number,
    operation: RegisteredOperation,
    result: AttemptResult,
    ends: Promise<boolean>[],
  ): Promise<"continue" | "stop"> {
    if (result.kind === "completed") {
      ends.push(this.#complete(row, token, operation, result));
      return "continue";
    }
    const after = await this.#failures.dispose(row, token, operation, result);
    if (typeof after === "string") return after;
    ends.push(this.#complete(row, token, operation, { result: after.applied, replayed: true }));
    return "continue";
  }

  /** Answers at once; resolves when the end is on disk. */
  async #complete(
    row: ClaimedRow,
    token: number,
    operation: RegisteredOperation,
    { result, replayed }: CompletedAttempt,
  ): Promise<boolean> {
    const { journal, acknowledgements, waiters, clock, config, onEnded } = this.#ports;
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
    onEnded({ operationId: row.operationId, name: operation.definition.name, outcome: "completed", replayed });
    if (!(await written)) return false;
    // Who came between the two saw no end on the disk yet, and waits.
    waiters.settle(row.sequence, ending);
    return true;
  }
}
