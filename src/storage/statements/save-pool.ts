import { comparand, parameter, queries, statement } from "./statement.ts";

/** The writer's counts, in the same commit as what they count: opening needs no scan, whatever the backlog. */
export const savePool = statement(
  queries
    .updateTable("pool")
    .set({
      ready: parameter,
      scheduled: parameter,
      blocked: parameter,
      running: parameter,
      closing: parameter,
      held: parameter,
      dead: parameter,
      bytes: parameter,
    })
    .where("id", "=", comparand),
);
