import type { Value } from "../connection.ts";
import { operationState } from "../operation-state.ts";
import { ACCEPT, ACCEPTED_BLOCKED, ACCEPTED_DUPLICATE, ACCEPTED_READY, type Batch } from "../protocol.ts";
import { insertOperations } from "../statements/insert-operations.ts";
import type { Answer, Context } from "./context.ts";
import { putKeys } from "./put-keys.ts";
import { retryDead } from "./retry-dead.ts";
import type { RowFacts } from "./rows.ts";

const { width } = ACCEPT;

/**
 * Acceptances, in the order of their numbers. The writer alone sees the lanes, so it decides who runs, who is ready
 * and who is blocked, and writes state and carried priority into the array that is then bound as it is.
 * Retries of dead letters stand between them by the number they would get.
 */
export function accept(context: Context, batch: Batch, answer: Answer): void {
  const { acceptances, retries } = batch;
  const duplicates = batch.keys.length > 0 ? putKeys(context.connection, batch) : undefined;
  let waiting: Value[] = acceptances;
  let written = 0;
  let kept = 0;
  const flush = (): void => {
    if (kept === written) return;
    const rows = written === 0 && kept === waiting.length ? waiting : waiting.slice(written, kept);
    context.connection.runSized(insertOperations, rows);
    written = kept;
  };
  let retried = 0;
  const retryUpTo = (sequence: number): void => {
    for (; retried < retries.length; retried += 1) {
      const request = retries[retried];
      if (request === undefined || request.nextSequence > sequence) return;
      answer.retries.push(retryDead(context, request, flush));
    }
  };
  if (duplicates !== undefined && duplicates.size > 0) {
    waiting = acceptances.filter(
      (_, place) => !duplicates.has(acceptances[place - (place % width) + ACCEPT.sequence] as number),
    );
  }
  for (let from = 0; from < acceptances.length; from += width) {
    const sequence = acceptances[from + ACCEPT.sequence] as number;
    if (retries.length > 0) retryUpTo(sequence);
    const duplicate = duplicates?.get(sequence);
    if (duplicate === undefined) {
      answer.accepted.push(acceptOne(context, waiting, kept, flush));
      kept += width;
    } else {
      answer.accepted.push(ACCEPTED_DUPLICATE);
      answer.duplicates.push(from / width, duplicate.sequence, duplicate.sameInput ? 1 : 0);
    }
  }
  flush();
  retryUpTo(Number.POSITIVE_INFINITY);
}

function acceptOne(context: Context, rows: Value[], from: number, flush: () => void): number {
  const { counter, lanes, audit } = context;
  const lane = rows[from + ACCEPT.lane] as number | null;
  const sequence = rows[from + ACCEPT.sequence] as number;
  const pool = rows[from + ACCEPT.pool] as number;
  const wanted = rows[from + ACCEPT.state] as 0 | 3;
  const bytes = Buffer.byteLength(rows[from + ACCEPT.input] as string);
  const acceptedAt = rows[from + ACCEPT.acceptedAt] as number;
  audit.append(acceptedAt, "accepted", sequence, rows[from + ACCEPT.principal] as string, null);
  const priority = rows[from + ACCEPT.priority] as number;
  const carried = lane === null ? undefined : lanes.enter(lane, sequence, priority, flush);
  if (carried !== undefined) {
    rows[from + ACCEPT.state] = operationState.blocked;
    rows[from + ACCEPT.priority] = carried;
    rows[from + ACCEPT.because] = becauseBlocked(rows[from + ACCEPT.because] as string | null);
    counter.enter(pool, operationState.blocked, bytes);
    return ACCEPTED_BLOCKED;
  }
  counter.enter(pool, wanted, bytes);
  if (wanted === operationState.ready) return ACCEPTED_READY;
  return context.runs.begin(lane, [factsOf(rows, from, bytes)], priority, false, null).token;
}

/** Without its lane it would have begun, or waited for a permit only. */
const becauseBlocked = (because: string | null): string => (because === null || because === "limit" ? "lane" : because);

function factsOf(rows: readonly Value[], from: number, bytes: number): RowFacts {
  return {
    sequence: rows[from + ACCEPT.sequence] as number,
    state: operationState.running,
    pool: rows[from + ACCEPT.pool] as number,
    priority: rows[from + ACCEPT.priority] as number,
    definition: rows[from + ACCEPT.definition] as number,
    lane: rows[from + ACCEPT.lane] as number | null,
    attempts: 0,
    interruptions: 0,
    incarnation: 0,
    acceptedAt: rows[from + ACCEPT.acceptedAt] as number,
    expiresAt: rows[from + ACCEPT.expiresAt] as number,
    keyUntil: rows[from + ACCEPT.keyUntil] as number | null,
    operationId: rows[from + ACCEPT.operationId] as string | null,
    principal: rows[from + ACCEPT.principal] as string,
    bytes,
    because: rows[from + ACCEPT.because] as string | null,
  };
}
