import { parameter, queries, sized } from "./statement.ts";

const columns = [
  "sequence",
  "operation_id",
  "definition",
  "pool",
  "principal",
  "outcome",
  "accepted_at",
  "ended_at",
  "attempts",
  "incarnation",
  "replayed",
  "value_omitted",
  "keep_until",
  "result",
  "error",
  "priority",
  "lane",
  "claimed_at",
  "because",
] as const;

const row = Object.fromEntries(columns.map((column) => [column, parameter])) as Record<(typeof columns)[number], never>;

/** By number, which is nearly the order of the ends: the pages are filled one after the other. */
export const insertEnded = sized((rows) => queries.insertInto("ended").values(Array.from({ length: rows }, () => row)));
