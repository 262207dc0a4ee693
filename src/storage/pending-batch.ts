import type { Accepted, Claimed, ClaimRequest, MachineRecord, TransitionRow } from "../queue/journal.ts";
import type { Value } from "./connection.ts";
import type { AdministrativeRequest, Batch, KeyOfAcceptance, RetryRequest, RowRequest } from "./protocol.ts";

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
  readonly keys: KeyOfAcceptance[] = [];
  readonly acceptanceWaiters: Waiter<Accepted>[] = [];
  acceptanceBytes = 0;

  readonly ends: Value[] = [];
  readonly endWaiters: Waiter<void>[] = [];

  readonly rows = new Requests<RowRequest, void>();
  readonly finished = new Requests<number, void>();
  readonly administration = new Requests<AdministrativeRequest, unknown>();
  readonly retries = new Requests<RetryRequest, unknown>();
  readonly claims = new Requests<ClaimRequest, Claimed>();

  readonly transitions: TransitionRow[] = [];
  readonly records = new Map<string, MachineRecord>();
  walk = false;
  /** Asked for by nobody, to wake what is due. */
  look = false;

  get acceptanceCount(): number {
    return this.acceptanceWaiters.length;
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
      this.transitions.length === 0 &&
      this.records.size === 0
    );
  }

  toBatch(now: number): Batch {
    return {
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
      transitions: this.transitions,
      records: [...this.records.values()],
    };
  }

  rejectAll(error: Error): void {
    for (const { reject } of this.acceptanceWaiters) reject(error);
    for (const { reject } of this.endWaiters) reject(error);
    for (const requests of [this.rows, this.finished, this.administration, this.retries, this.claims]) requests.reject(error);
  }
}
