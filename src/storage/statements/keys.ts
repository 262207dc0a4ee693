import { comparand, parameter, parameters, queries, sized, statement } from "./statement.ts";

const row = { hash: parameter, sequence: parameter, input_hash: parameter, until: parameter };

/**
 * New keys are by far the most frequent, so they are put without a look: only when fewer rows changed than were put
 * are the odd ones looked up. The random page each key touches is the dearest part of an acceptance.
 */
export const insertKeys = sized((rows) =>
  queries
    .insertInto("idempotency_key")
    .values(Array.from({ length: rows }, () => row))
    .onConflict((conflict) => conflict.doNothing()),
);

export const selectKeys = sized((rows) =>
  queries
    .selectFrom("idempotency_key")
    .select(["hash", "sequence", "input_hash", "until"])
    .where("hash", "in", parameters(rows)),
);

export type KeyRow = [hash: string, sequence: number, inputHash: string, until: number];

/** The key's time is over and its operation has ended: it stands for a new operation. */
export const replaceKey = statement(
  queries
    .updateTable("idempotency_key")
    .set({ sequence: parameter, input_hash: parameter, until: parameter })
    .where("hash", "=", comparand),
);

/** Goes with its operation's end, and only while it stands for that operation. */
export const deleteKey = statement(
  queries.deleteFrom("idempotency_key").where("hash", "=", comparand).where("sequence", "=", comparand),
);
