import { sql } from "kysely";
import { comparand, queries, statement, written } from "./statement.ts";

const placeholder = sql`${"a value that is bound when the statement runs"}`;

/** A token is written when it is made and when it is ended. */
export const saveToken = written(sql`
  INSERT INTO token
    (id, hash, kind, name, permissions, highest_priority, parent, created_at, created_by, reason, expires_at, revoked)
  VALUES (${sql.join(Array.from({ length: 12 }, () => placeholder))})
  ON CONFLICT (id) DO UPDATE SET revoked = excluded.revoked`);

/** All of them are needed in memory. */
export const selectTokens = statement(queries.selectFrom("token").selectAll().orderBy("id"));

/** One that is over for longest. */
export const deleteToken = statement(queries.deleteFrom("token").where("id", "=", comparand));
