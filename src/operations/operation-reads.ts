import type { Kysely } from "kysely";
import { priorityOfRank } from "../../machines/contracts/priority.ts";
import { type ErrorSummary, HoldfastError } from "../errors.ts";
import type { Database } from "../storage/database.ts";
import { findOperation } from "../storage/reads/find-operation.ts";
import { findSequence } from "../storage/reads/find-sequence.ts";
import { listOperations } from "../storage/reads/list-operations.ts";
import { listPurgeable, type PurgeableEnd } from "../storage/reads/list-purgeable.ts";
import type { EndedOperation, WaitingOperation } from "../storage/reads/views.ts";
import type { TimerWheel } from "../timer-wheel.ts";
import type { OperationResult, OperationView, Page, WaitingState } from "./operation-view.ts";
import type { Ending, Waiter, Waiters } from "./waiters.ts";

export interface OperationReadPorts {
  readonly database: Kysely<Database>;
  readonly waiters: Waiters;
  readonly wheel: TimerWheel;
}

const LARGEST_PAGE_ROWS = 1_000;

/** What can be asked about operations. Everything comes from the disk, through the read-only connection. */
export class OperationReads {
  readonly #ports: OperationReadPorts;

  constructor(ports: OperationReadPorts) {
    this.#ports = ports;
  }

  async get(operationId: string): Promise<OperationView | undefined> {
    const found = await findOperation(this.#ports.database, operationId);
    return found === undefined
      ? undefined
      : found.found === "waiting"
        ? viewOfWaiting(found.operation)
        : viewOfEnded(found.operation);
  }

  async list({
    state,
    after,
    limit = 100,
  }: {
    readonly state: WaitingState;
    readonly after?: number;
    readonly limit?: number;
  }): Promise<Page<OperationView>> {
    const page = await listOperations(this.#ports.database, {
      state,
      ...(after === undefined ? {} : { after }),
      limit: Math.max(1, Math.min(limit, LARGEST_PAGE_ROWS)),
    });
    return { rows: page.rows.map(viewOfWaiting), ...(page.next === undefined ? {} : { next: page.next }) };
  }

  sequenceOf(operationId: string): Promise<number | undefined> {
    return findSequence(this.#ports.database, operationId);
  }

  /** Ended operations past their retention, oldest first. */
  async purgeable(endedBefore: number, now: number, limit: number): Promise<readonly PurgeableEnd[]> {
    return (await listPurgeable(this.#ports.database, { now, endedBefore, limit })).rows;
  }

  /** The end of the operation with this number; undefined while it has none. */
  async ending(sequence: number): Promise<Ending | undefined> {
    const found = await findOperation(this.#ports.database, sequence);
    return found?.found === "ended" ? endingOf(found.operation) : undefined;
  }

  /** The end, or that there is none yet. Waits for it, but not longer than `waitMs`. */
  async result(operationId: string, waitMs: number): Promise<OperationResult> {
    const sequence = await this.sequenceOf(operationId);
    if (sequence === undefined) return { status: "unknown", operationId };
    const settled = Promise.withResolvers<void>();
    const waiter: Waiter = {
      isSubmitter: false,
      retrying: false,
      settle: () => settled.resolve(),
      release: () => settled.resolve(),
    };
    // Listening begins before the first look, so that no end can slip between the two.
    if (waitMs > 0) this.#ports.waiters.add(sequence, waiter);
    try {
      const first = await this.#look(operationId);
      if (first.status !== "pending" || waitMs <= 0) return first;
      const timer = this.#ports.wheel.add(waitMs, settled.resolve);
      await settled.promise;
      timer.cancel();
      return await this.#lookUntilOnDisk(operationId);
    } finally {
      this.#ports.waiters.remove(sequence, waiter);
    }
  }

  async #look(operationId: string): Promise<OperationResult> {
    const found = await findOperation(this.#ports.database, operationId);
    if (found === undefined) return { status: "unknown", operationId };
    if (found.found === "waiting") return { status: "pending", operationId, state: found.operation.state };
    return resultOf(operationId, found.operation);
  }

  /** An end that was told rides in a later commit: a few looks bridge the moment between. */
  async #lookUntilOnDisk(operationId: string): Promise<OperationResult> {
    for (let look = 1; ; look++) {
      const result = await this.#look(operationId);
      if (result.status !== "pending" || result.state !== "running" || look === 5) return result;
      await new Promise<void>((resolve) => this.#ports.wheel.add(10, resolve));
    }
  }
}

function resultOf(operationId: string, end: EndedOperation): OperationResult {
  switch (end.outcome) {
    case "completed":
      return end.valueOmitted
        ? { status: "completed", operationId, valueOmitted: true }
        : {
            status: "completed",
            operationId,
            value: end.result === undefined ? undefined : JSON.parse(end.result),
            valueOmitted: false,
          };
    case "failed":
      return { status: "failed", operationId, error: end.error ?? UNKNOWN_ERROR };
    case "cancelled":
    case "expired":
    case "discarded":
      return { status: end.outcome, operationId };
  }
}

const UNKNOWN_ERROR: ErrorSummary = { code: "unknown", message: "The error was not kept.", retryable: false };

function endingOf(end: EndedOperation): Ending {
  switch (end.outcome) {
    case "completed":
      return { outcome: "completed", resultText: end.result, valueOmitted: end.valueOmitted };
    case "failed": {
      const { code, message, retryable } = end.error ?? UNKNOWN_ERROR;
      return { outcome: "failed", error: new HoldfastError(code, message, { retryable }) };
    }
    case "cancelled":
    case "expired":
    case "discarded":
      return { outcome: end.outcome };
  }
}

const viewOfWaiting = (row: WaitingOperation): OperationView => ({
  operationId: row.operationId,
  sequence: row.sequence,
  name: row.name,
  version: row.version,
  state: row.state,
  priority: priorityOfRank(row.priority),
  principal: row.principal,
  acceptedAt: row.acceptedAt,
  expiresAt: row.expiresAt,
  attempts: row.attempts,
  interruptions: row.interruptions,
  incarnation: row.incarnation,
  ...(row.dueAt === undefined ? {} : { dueAt: row.dueAt }),
  ...(row.error === undefined ? {} : { error: row.error }),
});

const viewOfEnded = (row: EndedOperation): OperationView => ({
  operationId: row.operationId,
  sequence: row.sequence,
  name: row.name,
  version: row.version,
  state: row.outcome,
  principal: row.principal,
  acceptedAt: row.acceptedAt,
  endedAt: row.endedAt,
  attempts: row.attempts,
  incarnation: row.incarnation,
  ...(row.error === undefined ? {} : { error: row.error }),
});
