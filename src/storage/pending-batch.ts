import type { Acceptance, Accepted, Claimed, ClaimRequest, OperationEnd } from "../queue/journal.ts";
import type { Value } from "./connection.ts";
import { operationState } from "./operation-state.ts";
import type { AdministrativeRequest, Batch, RetryRequest, RowRequest } from "./protocol.ts";
import { UnawaitedWrites } from "./unawaited-writes.ts";

export interface Waiter<Result> {
  readonly resolve: (result: Result) => void;
  readonly reject: (error: Error) => void;
}

/** Requests of one kind with those who wait for them, in the same order. */
export class Requests<Request, Result> {
  readonly requests: Request[] = [];
  readonly waiters: Waiter<Result>[] = [];

  add(request: Request): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.requests.push(request);
      this.waiters.push({ resolve, reject });
    });
  }

  reject(error: Error): void {
    for (const { reject } of this.waiters) reject(error);
  }
}

/**
 * What has been asked for since the last batch was sent. The frequent parts are flat arrays that are sent as they
 * are; the writer's answers come back in the same order.
 */
export class PendingBatch {
  readonly acceptances: Value[] = [];
  readonly keys: Value[] = [];
  readonly acceptanceWaiters: Waiter<Accepted>[] = [];
  acceptanceBytes = 0;

  readonly ends: Value[] = [];
  readonly endWaiters: Waiter<void>[] = [];

  readonly rows = new Requests<RowRequest, void>();
  readonly finished = new Requests<number, void>();
  readonly administration = new Requests<AdministrativeRequest, unknown>();
  readonly retries = new Requests<RetryRequest, unknown>();
  readonly claims = new Requests<ClaimRequest, Claimed>();

  readonly unawaited = new UnawaitedWrites();
  /** They wait for the commit, and ask for nothing in it. */
  readonly witnesses: Waiter<void>[] = [];
  /** Somebody waits for something of it. */
  isAwaited = false;
  walk = false;
  /** Asked for by nobody, to wake what is due. */
  look = false;
  /** Given when it is sent for the first time. */
  number = 0;
  /** Wall time of the last time it was sent. */
  sentAt = 0;
  /** How often it was sent: again when the thread has ended without a word. */
  sent = 0;

  get acceptanceCount(): number {
    return this.acceptanceWaiters.length;
  }

  /** In the order of `ACCEPT`, and of `KEY`. */
  addAcceptance(acceptance: Acceptance, waiter: Waiter<Accepted>): void {
    const { sequence, pool, priority, definition, lane, acceptedAt, expiresAt, key, operationId, principal, input } =
      acceptance;
    if (key !== undefined) this.keys.push(key.hash, sequence, key.inputHash, key.until);
    const state = acceptance.wants === "running" ? operationState.running : operationState.ready;
    const keyUntil = key === undefined ? null : key.until;
    const id = key === undefined ? null : operationId;
    this.acceptances.push(sequence, state, pool, priority, definition, lane, acceptedAt, expiresAt, keyUntil, id);
    this.acceptances.push(principal, input, acceptance.because ?? null);
    this.acceptanceWaiters.push(waiter);
    this.acceptanceBytes += input.length;
    this.isAwaited = true;
  }

  /** In the order of `END`. */
  addEnd(
    { sequence, token, outcome, endedAt, replayed, valueOmitted, result, error }: OperationEnd,
    waiter: Waiter<void>,
  ): void {
    this.ends.push(sequence, token, outcome, endedAt, replayed ? 1 : 0, valueOmitted === true ? 1 : 0, result ?? null);
    this.ends.push(error === undefined ? null : JSON.stringify(error));
    this.endWaiters.push(waiter);
  }

  addWitness(): Promise<void> {
    return new Promise((resolve, reject) => this.witnesses.push({ resolve, reject }));
  }

  get isEmpty(): boolean {
    return (
      !this.walk &&
      !this.look &&
      this.acceptances.length === 0 &&
      this.ends.length === 0 &&
      this.rows.requests.length === 0 &&
      this.finished.requests.length === 0 &&
      this.administration.requests.length === 0 &&
      this.retries.requests.length === 0 &&
      this.claims.requests.length === 0 &&
      this.unawaited.isEmpty &&
      this.witnesses.length === 0
    );
  }

  toBatch(now: number): Batch {
    return {
      number: this.number,
      now,
      ends: this.ends,
      rows: this.rows.requests,
      finished: this.finished.requests,
      administration: this.administration.requests,
      walk: this.walk,
      retries: this.retries.requests,
      acceptances: this.acceptances,
      keys: this.keys,
      claims: this.claims.requests,
      transitions: this.unawaited.transitions,
      records: [...this.unawaited.records.values()],
      alerts: [...this.unawaited.alerts.values()].toSorted((a, b) => a.id - b.id),
      actions: this.unawaited.actions,
    };
  }

  rejectAll(error: Error): void {
    for (const { reject } of this.acceptanceWaiters) reject(error);
    for (const { reject } of this.endWaiters) reject(error);
    for (const { reject } of this.witnesses) reject(error);
    for (const requests of [this.rows, this.finished, this.administration, this.retries, this.claims])
      requests.reject(error);
  }
}
