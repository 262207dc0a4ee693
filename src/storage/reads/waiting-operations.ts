import { type Kysely, sql } from "kysely";
import type { Database } from "../database.ts";
import { idOfSequence } from "../operation-id.ts";
import { nameOfState, operationState } from "../operation-state.ts";
import { errorOf, type WaitingOperation } from "./views.ts";

/**
 * What lists and look-ups show of a row in `operation`. Parked is a question, not a state: one seek per blocked row,
 * for a letter in its lane. Only a lane's head can be one.
 */
export function waitingOperations(database: Kysely<Database>) {
  return database
    .selectFrom("operation as o")
    .innerJoin("definition as d", "d.id", "o.definition")
    .innerJoin("pool as p", "p.id", "o.pool")
    .select(["o.sequence", "o.state", "o.priority", "o.lane", "o.attempts", "o.interruptions", "o.incarnation"])
    .select(["o.accepted_at", "o.expires_at", "o.due", "o.closing_target", "o.skipped_lane", "o.dead_since"])
    .select(["o.operation_id", "o.principal", "o.error", "d.name", "d.version", "p.name as pool_name"])
    .select(
      sql<number>`o.state = ${sql.lit(operationState.blocked)} AND EXISTS
        (SELECT 1 FROM operation AS letter WHERE letter.lane = o.lane AND letter.state = ${sql.lit(operationState.dead)})`.as(
        "parked",
      ),
    );
}

type Selected = Awaited<ReturnType<ReturnType<typeof waitingOperations>["execute"]>>[number];

export function toWaitingOperation(row: Selected): WaitingOperation {
  return {
    sequence: row.sequence,
    operationId: row.operation_id ?? idOfSequence(row.sequence),
    name: row.name,
    version: row.version,
    pool: row.pool_name,
    state: row.parked === 1 ? "parked" : nameOfState(row.state),
    priority: row.priority,
    lane: row.lane ?? row.skipped_lane,
    principal: row.principal,
    acceptedAt: row.accepted_at,
    expiresAt: row.expires_at,
    attempts: row.attempts,
    interruptions: row.interruptions,
    incarnation: row.incarnation,
    ...(row.due === null ? {} : { dueAt: row.due }),
    ...(row.closing_target === null ? {} : { closingTarget: row.closing_target }),
    ...(row.dead_since === null ? {} : { deadSince: row.dead_since }),
    skipped: row.skipped_lane !== null,
    ...errorOf(row.error),
  };
}
