import { type Kysely, sql } from "kysely";
import type { Database } from "../database.ts";
import type { AuditEntry } from "./list-audit.ts";

/** More steps than an operation can take before it is a dead letter, many times over. */
const MOST_STEPS = 1_000;

/** What the audit log says of an operation between its acceptance and its end, in order, under any of its numbers. */
export async function operationSteps(
  database: Kysely<Database>,
  sequences: readonly number[],
): Promise<readonly AuditEntry[]> {
  const steps: AuditEntry[] = [];
  for (const sequence of sequences)
    steps.push(
      ...(await database
        .selectFrom("audit")
        .selectAll()
        .where("sequence", "=", sequence)
        // Word for word as in the index.
        .where(sql<boolean>`kind <> 'accepted' AND kind <> 'ended' AND sequence IS NOT NULL`)
        .orderBy("id")
        .limit(MOST_STEPS)
        .execute()),
    );
  return steps.toSorted((a, b) => a.id - b.id);
}

/** The numbers under which it was known before: a skipped letter that is retried gets a new one. */
export async function earlierSequences(database: Kysely<Database>, sequence: number): Promise<readonly number[]> {
  const rows = await database
    .selectFrom("moved")
    .select("first_sequence")
    .where("sequence", "=", sequence)
    .orderBy("first_sequence")
    .limit(MOST_STEPS)
    .execute();
  return rows.map(({ first_sequence: first }) => first);
}

/** What only an explanation asks of a row that has not ended; undefined when it has meanwhile. */
export async function becauseOf(database: Kysely<Database>, sequence: number): Promise<string | null | undefined> {
  const row = await database
    .selectFrom("operation")
    .select("because")
    .where("sequence", "=", sequence)
    .executeTakeFirst();
  return row?.because;
}
