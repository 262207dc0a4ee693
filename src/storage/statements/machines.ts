import { parameter, queries, statement } from "./statement.ts";

export const insertTransition = statement(
  queries.insertInto("transition").values({
    at: parameter,
    machine: parameter,
    from_state: parameter,
    to_state: parameter,
    event: parameter,
    cause: parameter,
    edge: parameter,
    epoch: parameter,
    number: parameter,
  }),
);

/** One record per machine: the newest wins. */
export const saveRecord = statement(
  queries
    .insertInto("machine_record")
    .values({ id: parameter, version: parameter, at: parameter, state: parameter, context: parameter })
    .onConflict((conflict) =>
      conflict.column("id").doUpdateSet((eb) => ({
        version: eb.ref("excluded.version"),
        at: eb.ref("excluded.at"),
        state: eb.ref("excluded.state"),
        context: eb.ref("excluded.context"),
      })),
    ),
);

export const selectRecords = statement(
  queries.selectFrom("machine_record").select(["id", "version", "at", "state", "context"]).orderBy("id"),
);
