import type { ClosingRow, ClosingTarget } from "../../queue/journal.ts";
import type { Value } from "../connection.ts";
import { idOfSequence } from "../operation-id.ts";
import type { OperationState } from "../operation-state.ts";
import type { ClaimableRow } from "../statements/claim-columns.ts";
import type { StoredRow } from "../statements/stored-columns.ts";

/** What the writer needs to know of a row to change it. Inputs are never kept. */
export interface RowFacts {
  readonly sequence: number;
  readonly state: OperationState;
  readonly pool: number;
  readonly priority: number;
  readonly definition: number;
  readonly lane: number | null;
  readonly attempts: number;
  readonly interruptions: number;
  readonly incarnation: number;
  readonly acceptedAt: number;
  readonly expiresAt: number;
  readonly keyUntil: number | null;
  /** Null means `op_<sequence>`. */
  readonly operationId: string | null;
  readonly principal: string;
  readonly bytes: number;
  /** Undefined where it has not been read: it stands behind the input. */
  readonly because: string | null | undefined;
}

export interface StoredFacts extends RowFacts {
  readonly closingTarget: ClosingTarget | null;
  readonly skippedLane: number | null;
  readonly error: string | null;
}

export function factsOfClaimable(row: ClaimableRow): RowFacts {
  return {
    sequence: row[0],
    state: row[1] as OperationState,
    pool: row[2],
    priority: row[3],
    definition: row[4],
    lane: row[5],
    attempts: row[6],
    interruptions: row[7],
    incarnation: row[8],
    acceptedAt: row[9],
    expiresAt: row[10],
    keyUntil: row[11],
    operationId: row[12],
    principal: row[13],
    bytes: Buffer.byteLength(row[14]),
    because: row[15],
  };
}

/** In the order of `CLAIMED`. */
export function addClaimed(values: Value[], row: RowFacts, input: string): void {
  values.push(row.sequence, row.operationId, row.definition, row.priority, row.principal, row.acceptedAt);
  values.push(row.expiresAt, row.attempts, row.interruptions, row.incarnation, row.keyUntil === null ? 0 : 1, input);
}

export function factsOfStored(row: StoredRow): StoredFacts {
  return {
    sequence: row[0],
    state: row[1] as OperationState,
    pool: row[2],
    priority: row[3],
    definition: row[4],
    lane: row[5],
    attempts: row[6],
    interruptions: row[7],
    incarnation: row[8],
    acceptedAt: row[9],
    expiresAt: row[10],
    keyUntil: row[11],
    operationId: row[12],
    principal: row[13],
    closingTarget: row[14] as ClosingTarget | null,
    skippedLane: row[15],
    error: row[16],
    bytes: row[17],
    because: undefined,
  };
}

/** Something of it may have been executed, so that its effect is unknown until a fence says otherwise. */
export const hasBegun = (row: RowFacts): boolean => row.attempts > 0 || row.interruptions > 0;

export const operationIdOf = (row: RowFacts): string => row.operationId ?? idOfSequence(row.sequence);

export const closingRowOf = (row: RowFacts, becomes: ClosingTarget): ClosingRow => ({
  sequence: row.sequence,
  operationId: operationIdOf(row),
  pool: row.pool,
  definition: row.definition,
  incarnation: row.incarnation,
  becomes,
});
