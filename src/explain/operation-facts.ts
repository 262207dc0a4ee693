import type { Kysely } from "kysely";
import type { ErrorSummary } from "../errors.ts";
import { dependenciesOfPool } from "../operations/registered-operation.ts";
import type { EndOutcome } from "../queue/journal.ts";
import type { Database } from "../storage/database.ts";
import { parseOperationId } from "../storage/operation-id.ts";
import type { AuditEntry } from "../storage/reads/list-audit.ts";
import { findOperation } from "../storage/reads/find-operation.ts";
import { findSequence } from "../storage/reads/find-sequence.ts";
import { becauseOf, earlierSequences, operationSteps } from "../storage/reads/operation-steps.ts";
import type { WaitingOperation } from "../storage/reads/views.ts";

/** Everything that the store knows of one operation, whether it has ended or not. */
export interface OperationFacts {
  readonly operationId: string;
  readonly sequence: number;
  readonly name: string;
  readonly dependencies: readonly string[];
  readonly principal: string;
  readonly priority: number | undefined;
  readonly lane: number | null;
  readonly acceptedAt: number;
  readonly attempts: number;
  /** Why it was not begun with its acceptance; null when it was, undefined when nobody knows (an earlier build). */
  readonly because: string | null | undefined;
  readonly error: ErrorSummary | undefined;
  readonly steps: readonly AuditEntry[];
  readonly waiting?: WaitingOperation;
  readonly ended?: {
    readonly outcome: EndOutcome;
    readonly endedAt: number;
    readonly claimedAt: number | undefined;
    readonly replayed: boolean;
  };
}

/** Undefined for an id that is none, and for an operation whose end is no longer kept. */
export async function readOperationFacts(
  database: Kysely<Database>,
  operationId: string,
): Promise<OperationFacts | undefined> {
  const found = await findOperation(database, operationId);
  const sequence = await findSequence(database, operationId);
  if (found === undefined || sequence === undefined) return undefined;
  const { operation } = found;
  const steps = await operationSteps(database, await numbersOf(database, operationId, sequence));
  const common = {
    operationId,
    sequence,
    name: operation.name,
    dependencies: dependenciesOfPool(operation.pool),
    principal: operation.principal,
    lane: operation.lane,
    acceptedAt: operation.acceptedAt,
    attempts: operation.attempts,
    error: operation.error,
    steps,
  };
  if (found.found === "waiting") {
    const because = await becauseOf(database, sequence);
    // It has ended between two looks. An operation moves in that direction only, so the next look finds the end.
    if (because === undefined) return readOperationFacts(database, operationId);
    return { ...common, priority: found.operation.priority, because, waiting: found.operation };
  }
  const { priority, because, outcome, endedAt, claimedAt, replayed } = found.operation;
  return {
    ...common,
    priority,
    because: priority === undefined ? undefined : (because ?? null),
    ended: { outcome, endedAt, claimedAt, replayed },
  };
}

async function numbersOf(database: Kysely<Database>, operationId: string, sequence: number): Promise<number[]> {
  const parsed = parseOperationId(operationId);
  const first = parsed !== undefined && "sequence" in parsed ? [parsed.sequence] : [];
  return [...new Set([...first, ...(await earlierSequences(database, sequence)), sequence])];
}
