import type { Kysely } from "kysely";
import type { Database } from "../database.ts";
import { parseOperationId } from "../operation-id.ts";

/**
 * The present number of an operation: its first number, the one it was moved to, or the one its key stands for.
 * Undefined for an id that is none, or whose key is not remembered any more.
 */
export async function findSequence(database: Kysely<Database>, operationId: string): Promise<number | undefined> {
  const parsed = parseOperationId(operationId);
  if (parsed === undefined) return undefined;
  if ("sequence" in parsed) {
    const moved = await database
      .selectFrom("moved")
      .select("sequence")
      .where("first_sequence", "=", parsed.sequence)
      .executeTakeFirst();
    return moved?.sequence ?? parsed.sequence;
  }
  const key = await database
    .selectFrom("idempotency_key")
    .select("sequence")
    .where("hash", "=", parsed.hash)
    .executeTakeFirst();
  return key?.sequence;
}
