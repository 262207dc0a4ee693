import type { EndOutcome } from "../../queue/journal.ts";
import type { AuditLog } from "../audit-log.ts";
import type { Connection, Value } from "../connection.ts";
import type { OperationState } from "../operation-state.ts";
import { findBecause } from "../statements/find-because.ts";
import { deleteOperations } from "../statements/delete-operations.ts";
import { insertEnded } from "../statements/insert-ended.ts";
import type { LaneRows } from "./lane-rows.ts";
import type { PoolCounter } from "./pool-counter.ts";
import type { RowFacts } from "./rows.ts";

export interface Ending {
  readonly outcome: EndOutcome;
  readonly endedAt: number;
  /** Counted attempts in all. */
  readonly attempts: number;
  readonly replayed: boolean;
  readonly valueOmitted: boolean;
  /** JSON text. */
  readonly result: string | null;
  /** JSON of an `ErrorSummary`. */
  readonly error: string | null;
  /** When it was claimed, where it ends under way. */
  readonly claimedAt: number | null;
}

/** Gathers the ends of a batch, so that rows leave `operation` and enter `ended` many at a time. */
export class Endings {
  readonly #connection: Connection;
  readonly #counter: PoolCounter;
  readonly #audit: AuditLog;
  readonly #laneRows: LaneRows;
  #gone: number[] = [];
  #ended: Value[] = [];

  constructor(connection: Connection, counter: PoolCounter, audit: AuditLog, laneRows: LaneRows) {
    this.#connection = connection;
    this.#counter = counter;
    this.#audit = audit;
    this.#laneRows = laneRows;
  }

  add(row: RowFacts, state: OperationState, ending: Ending): void {
    this.#counter.leave(row.pool, state, row.bytes);
    if (row.lane !== null) this.#laneRows.remove(row.lane);
    this.#gone.push(row.sequence);
    this.#ended.push(
      row.sequence,
      row.operationId,
      row.definition,
      row.pool,
      row.principal,
      ending.outcome,
      row.acceptedAt,
      ending.endedAt,
      ending.attempts,
      row.incarnation,
      ending.replayed ? 1 : 0,
      ending.valueOmitted ? 1 : 0,
      // A receipt with a key is needed until no replay under that key can still be waiting.
      row.keyUntil === null ? null : row.keyUntil + (row.expiresAt - row.acceptedAt),
      ending.result,
      ending.error,
      row.priority,
      row.lane,
      ending.claimedAt,
      row.because === undefined ? this.#becauseOf(row.sequence) : row.because,
    );
    this.#audit.append(ending.endedAt, "ended", row.sequence, row.principal, auditDetail(ending));
  }

  #becauseOf(sequence: number): string | null {
    return this.#connection.get<[string | null]>(findBecause, [sequence])?.[0] ?? null;
  }

  flush(): void {
    if (this.#gone.length === 0) return;
    const changes = this.#connection.runSized(deleteOperations, this.#gone);
    if (changes !== this.#gone.length) throw new Error(`${this.#gone.length} operations ended, ${changes} were there`);
    this.#connection.runSized(insertEnded, this.#ended);
    this.discard();
  }

  discard(): void {
    this.#gone = [];
    this.#ended = [];
  }
}

/** The outcome and the error's code; never values or messages. */
function auditDetail({ outcome, replayed, error }: Ending): string {
  if (error === null) return replayed ? `{"outcome":"${outcome}","replayed":true}` : `{"outcome":"${outcome}"}`;
  const { code } = JSON.parse(error) as { code: string };
  return JSON.stringify({ outcome, error: code });
}
