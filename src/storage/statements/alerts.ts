import { sql } from "kysely";
import { queries, statement, written } from "./statement.ts";

const placeholder = sql`${"a value that is bound when the statement runs"}`;

/**
 * The newest word on an alert wins. A second unresolved one under a key is left out: one bad row must not fail the
 * batch it rides in, and the first says the same.
 */
export const saveAlert = written(sql`
  INSERT INTO alert
    (id, key, severity, subject, what, status, opened_at, last_seen_at, occurrences, acknowledged, resolved, cause)
  VALUES (${sql.join(Array.from({ length: 12 }, () => placeholder))})
  ON CONFLICT (id) DO UPDATE SET
    severity = excluded.severity, what = excluded.what, status = excluded.status, last_seen_at = excluded.last_seen_at,
    occurrences = excluded.occurrences, acknowledged = excluded.acknowledged, resolved = excluded.resolved,
    cause = excluded.cause
  ON CONFLICT DO NOTHING`);

/** What a new process begins with. As many as may be open at a time. */
export const selectUnresolvedAlerts = statement(
  queries.selectFrom("alert").selectAll().where("status", "<>", sql.lit("resolved")).orderBy("key"),
);

export const selectLastAlert = statement(queries.selectFrom("alert").select((eb) => eb.fn.max("id").as("id")));
