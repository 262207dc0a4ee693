import type { Kysely } from "kysely";
import type { Database } from "../database.ts";
import { idOfSequence } from "../operation-id.ts";
import { errorOf, type EndedOperation } from "./views.ts";

/** The end of the operation with this present number, while it is kept. */
export async function findEnd(database: Kysely<Database>, sequence: number): Promise<EndedOperation | undefined> {
  const row = await endedOperations(database).where("e.sequence", "=", sequence).executeTakeFirst();
  return row === undefined ? undefined : toEndedOperation(row);
}

export function endedOperations(database: Kysely<Database>) {
  return database
    .selectFrom("ended as e")
    .innerJoin("definition as d", "d.id", "e.definition")
    .innerJoin("pool as p", "p.id", "e.pool")
    .selectAll("e")
    .select(["d.name", "d.version", "p.name as pool_name"]);
}

type Selected = Awaited<ReturnType<ReturnType<typeof endedOperations>["execute"]>>[number];

export function toEndedOperation(row: Selected): EndedOperation {
  return {
    sequence: row.sequence,
    operationId: row.operation_id ?? idOfSequence(row.sequence),
    name: row.name,
    version: row.version,
    pool: row.pool_name,
    principal: row.principal,
    outcome: row.outcome,
    acceptedAt: row.accepted_at,
    endedAt: row.ended_at,
    attempts: row.attempts,
    incarnation: row.incarnation,
    replayed: row.replayed === 1,
    valueOmitted: row.value_omitted === 1,
    ...(row.result === null ? {} : { result: row.result }),
    ...(row.priority === null ? {} : { priority: row.priority }),
    lane: row.lane,
    ...(row.claimed_at === null ? {} : { claimedAt: row.claimed_at }),
    ...(row.because === null ? {} : { because: row.because }),
    ...errorOf(row.error),
  };
}
