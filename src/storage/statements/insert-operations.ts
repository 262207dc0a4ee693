import { parameter, queries, sized } from "./statement.ts";

/** The columns of one acceptance, in the order of the flat array that the main thread sends: it is bound as it came. */
export const operationColumns = [
  "sequence",
  "state",
  "pool",
  "priority",
  "definition",
  "lane",
  "accepted_at",
  "expires_at",
  "key_until",
  "operation_id",
  "principal",
  "input",
  "because",
] as const;

const row = Object.fromEntries(operationColumns.map((column) => [column, parameter])) as Record<
  (typeof operationColumns)[number],
  never
>;

/** Appends at the table's end. Counters start at their column's default, which costs no parameter. */
export const insertOperations = sized((rows) =>
  queries.insertInto("operation").values(Array.from({ length: rows }, () => row)),
);
