import type { Kysely } from "kysely";
import type { Database } from "../database.ts";
import { findEnd } from "./find-end.ts";
import { findSequence } from "./find-sequence.ts";
import type { EndedOperation, WaitingOperation } from "./views.ts";
import { toWaitingOperation, waitingOperations } from "./waiting-operations.ts";

export type FoundOperation =
  | { readonly found: "waiting"; readonly operation: WaitingOperation }
  | { readonly found: "ended"; readonly operation: EndedOperation };

/**
 * One operation by its id or its present number: where it is, or how it ended. Undefined when it is not known (any
 * more). Looks among what waits first and then among the ends: an operation moves only in that direction.
 */
export async function findOperation(
  database: Kysely<Database>,
  operation: string | number,
): Promise<FoundOperation | undefined> {
  const sequence = typeof operation === "number" ? operation : await findSequence(database, operation);
  if (sequence === undefined) return undefined;
  const isAskedFor = (found: { readonly operationId: string }): boolean =>
    typeof operation === "number" || found.operationId === operation;
  const row = await waitingOperations(database).where("o.sequence", "=", sequence).executeTakeFirst();
  if (row !== undefined) {
    const waiting = toWaitingOperation(row);
    return isAskedFor(waiting) ? { found: "waiting", operation: waiting } : undefined;
  }
  const end = await findEnd(database, sequence);
  return end !== undefined && isAskedFor(end) ? { found: "ended", operation: end } : undefined;
}
