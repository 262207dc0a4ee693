import { parameter, queries, statement } from "./statement.ts";

/** Names are stored once and stand in rows as small integers. */
export const insertPool = statement(
  queries
    .insertInto("pool")
    .values({
      name: parameter,
    })
    .onConflict((conflict) => conflict.doNothing()),
);

export const selectPools = statement(
  queries
    .selectFrom("pool")
    .select(["id", "name", "ready", "scheduled", "blocked", "running", "closing", "held", "dead", "bytes"])
    .orderBy("id"),
);

export const insertDefinition = statement(
  queries
    .insertInto("definition")
    .values({ name: parameter, version: parameter })
    .onConflict((conflict) => conflict.doNothing()),
);

export const selectDefinitions = statement(
  queries.selectFrom("definition").select(["id", "name", "version"]).orderBy("id"),
);
