import type { Kysely } from "kysely";
import { priorityOfRank } from "../../machines/contracts/priority.ts";
import { type ErrorSummary, HoldfastError, summarizeError } from "../errors.ts";
import type { Database } from "../storage/database.ts";
import { cursorOf, placeOf } from "../degradation/history-cursor.ts";
import { findOperation } from "../storage/reads/find-operation.ts";
import { findSequence } from "../storage/reads/find-sequence.ts";
import { listEnded } from "../storage/reads/list-ended.ts";
import { listOperations } from "../storage/reads/list-operations.ts";
import { listPurgeable, type PurgeableEnd } from "../storage/reads/list-purgeable.ts";
import type { EndedOperation, WaitingOperation } from "../storage/reads/views.ts";
import type { TimerWheel } from "../timer-wheel.ts";
import type {
  EndedPage,
  EndedQuestion,
  OperationResult,
  OperationState,
  OperationView,
  Page,
  WaitingState,
} from "./operation-view.ts";
import type { QueuedBecause } from "./outcome.ts";
import type { Whereabouts } from "./submit.ts";
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

  /** @throws InvalidValueError `invalid_cursor` */
  async ended({ after, limit = 100, ...span }: EndedQuestion): Promise<EndedPage> {
    const page = await listEnded(this.#ports.database, {
      ...span,
      ...(after === undefined ? {} : { after: placeOf(after) }),
      limit: Math.max(1, Math.min(limit, LARGEST_PAGE_ROWS)),
    });
    return { rows: page.rows.map(viewOfEnded), ...(page.next === undefined ? {} : { next: cursorOf(page.next) }) };
  }

  sequenceOf(operationId: string): Promise<number | undefined> {
    return findSequence(this.#ports.database, operationId);
  }

  /** Ended operations past their retention, oldest first. */
  async purgeable(endedBefore: number, now: number, limit: number): Promise<readonly PurgeableEnd[]> {
    return (await listPurgeable(this.#ports.database, { now, endedBefore, limit })).rows;
  }

  /** Where the operation with this number is. One that is not known any more is said to be waiting. */
  async whereabouts(sequence: number): Promise<Whereabouts> {
    const found = await findOperation(this.#ports.database, sequence);
    if (found?.found === "ended") return { ending: endingOf(found.operation) };
    return { because: found === undefined ? "requested" : BECAUSE[found.operation.state] };
  }

  /** The end, or that there is none yet. Waits for it, but not longer than `waitMs`. */
  async result(operationId: string, waitMs: number): Promise<OperationResult> {
    const { waiters, wheel } = this.#ports;
    const sequence = await this.sequenceOf(operationId);
    if (sequence === undefined) return { status: "unknown", operationId };
    if (waitMs <= 0) return this.#look(operationId);
    const told = Promise.withResolvers<Ending | "released" | undefined>();
    const waiter: Waiter = {
      isSubmitter: false,
      retrying: false,
      running: false,
      settle: told.resolve,
      release: () => told.resolve("released"),
    };
    // Listening begins before the first look, so that no end can slip between the two.
    waiters.add(sequence, waiter);
    try {
      const first = await this.#look(operationId);
      if (first.status !== "pending") return first;
      const timer = wheel.add(waitMs, () => told.resolve(undefined));
      const ending = await told.promise;
      timer.cancel();
      // The runtime stops and its store is being closed: nothing is asked of it any more.
      if (ending === "released") return first;
      // What was told rides in a later commit: the answer is what was told, and not what the disk says yet.
      return ending === undefined ? await this.#look(operationId) : resultOfEnding(operationId, ending);
    } finally {
      waiters.remove(sequence, waiter);
    }
  }

  async #look(operationId: string): Promise<OperationResult> {
    const found = await findOperation(this.#ports.database, operationId);
    if (found === undefined) return { status: "unknown", operationId };
    if (found.found === "waiting") return { status: "pending", operationId, state: found.operation.state };
    return resultOf(operationId, found.operation);
  }
}

/** Why it has not ended, in the words of `queued`. */
const BECAUSE: Readonly<Record<OperationState, QueuedBecause>> = {
  ready: "limit",
  held: "limit",
  blocked: "lane",
  parked: "lane",
  scheduled: "retrying",
  closing: "retrying",
  dead: "retrying",
  running: "slow",
  completed: "slow",
  failed: "slow",
  cancelled: "slow",
  expired: "slow",
  discarded: "slow",
};

function resultOfEnding(operationId: string, ending: Ending): OperationResult {
  switch (ending.outcome) {
    case "completed":
      return ending.valueOmitted
        ? { status: "completed", operationId, valueOmitted: true }
        : {
            status: "completed",
            operationId,
            value: ending.resultText === undefined ? undefined : JSON.parse(ending.resultText),
            valueOmitted: false,
          };
    case "failed":
      return { status: "failed", operationId, error: summarizeError(ending.error) };
    case "cancelled":
    case "expired":
    case "discarded":
      return { status: ending.outcome, operationId };
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

/** As lists and look-ups show it. */
export const viewOfWaiting = (row: WaitingOperation): OperationView => ({
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
