import type { Migration } from "./migration.ts";

/**
 * One table for what is waiting or under way, one partial index per state, lanes by `(lane, sequence)`.
 *
 * The rowid is the last column of every index, so `(lane)` is `(lane, sequence)` without storing it twice. A random
 * index page costs about 7 µs at COMMIT whatever the row, so nothing has an index that no statement needs:
 * - ready is claimed by pool, then urgency, then age;
 * - scheduled is looked at by time alone, and must not stand in front of what is ready;
 * - blocked, running, closing and dead are only listed; an equality on `state` and a range of the rowid finds a page.
 *   SQLite does not see that `state = 4` implies `state IN (4, 7)`, hence one index each;
 * - held rows return by definition;
 * - rows without a lane are not in the lane index at all.
 */
export const firstTables: Migration = {
  version: 1,
  name: "first tables",
  sql: `
    CREATE TABLE operation (
      sequence INTEGER PRIMARY KEY,
      state INTEGER NOT NULL,
      pool INTEGER NOT NULL,
      priority INTEGER NOT NULL,
      definition INTEGER NOT NULL,
      lane INTEGER,
      attempts INTEGER NOT NULL DEFAULT 0,
      interruptions INTEGER NOT NULL DEFAULT 0,
      incarnation INTEGER NOT NULL DEFAULT 0,
      accepted_at INTEGER NOT NULL,
      expires_at INTEGER NOT NULL,
      due INTEGER,
      closing_target TEXT,
      skipped_lane INTEGER,
      dead_since INTEGER,
      key_until INTEGER,
      operation_id TEXT,
      principal TEXT NOT NULL,
      error TEXT,
      input TEXT NOT NULL
    ) STRICT;
    CREATE INDEX operation_ready ON operation (pool, priority) WHERE state = 0;
    CREATE INDEX operation_scheduled ON operation (due) WHERE state = 1;
    CREATE INDEX operation_blocked ON operation (state) WHERE state = 2;
    CREATE INDEX operation_running ON operation (state) WHERE state = 3;
    CREATE INDEX operation_closing ON operation (state) WHERE state = 4;
    CREATE INDEX operation_held ON operation (definition) WHERE state = 5;
    CREATE INDEX operation_dead ON operation (state) WHERE state = 7;
    CREATE INDEX operation_lane ON operation (lane) WHERE lane IS NOT NULL;

    CREATE TABLE ended (
      sequence INTEGER PRIMARY KEY,
      operation_id TEXT,
      definition INTEGER NOT NULL,
      pool INTEGER NOT NULL,
      principal TEXT NOT NULL,
      outcome TEXT NOT NULL,
      accepted_at INTEGER NOT NULL,
      ended_at INTEGER NOT NULL,
      attempts INTEGER NOT NULL,
      incarnation INTEGER NOT NULL,
      replayed INTEGER NOT NULL,
      value_omitted INTEGER NOT NULL,
      keep_until INTEGER,
      result TEXT,
      error TEXT
    ) STRICT;
    CREATE INDEX ended_time ON ended (ended_at);

    CREATE TABLE idempotency_key (
      hash TEXT PRIMARY KEY,
      sequence INTEGER NOT NULL,
      input_hash TEXT NOT NULL,
      until INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE moved (
      first_sequence INTEGER PRIMARY KEY,
      sequence INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX moved_sequence ON moved (sequence);

    CREATE TABLE audit (
      id INTEGER PRIMARY KEY,
      at INTEGER NOT NULL,
      kind TEXT NOT NULL,
      sequence INTEGER,
      principal TEXT NOT NULL,
      detail TEXT
    ) STRICT;

    CREATE TABLE transition (
      id INTEGER PRIMARY KEY,
      at INTEGER NOT NULL,
      machine TEXT NOT NULL,
      from_state TEXT NOT NULL,
      to_state TEXT NOT NULL,
      event TEXT NOT NULL,
      cause TEXT NOT NULL
    ) STRICT;
    CREATE INDEX transition_machine ON transition (machine);

    CREATE TABLE machine_record (
      id TEXT PRIMARY KEY,
      version INTEGER NOT NULL,
      at INTEGER NOT NULL,
      state TEXT NOT NULL,
      context TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE pool (
      id INTEGER PRIMARY KEY,
      name TEXT NOT NULL UNIQUE,
      ready INTEGER NOT NULL DEFAULT 0,
      scheduled INTEGER NOT NULL DEFAULT 0,
      blocked INTEGER NOT NULL DEFAULT 0,
      running INTEGER NOT NULL DEFAULT 0,
      closing INTEGER NOT NULL DEFAULT 0,
      held INTEGER NOT NULL DEFAULT 0,
      dead INTEGER NOT NULL DEFAULT 0,
      bytes INTEGER NOT NULL DEFAULT 0
    ) STRICT;

    CREATE TABLE definition (
      id INTEGER PRIMARY KEY,
      name TEXT NOT NULL,
      version INTEGER NOT NULL,
      UNIQUE (name, version)
    ) STRICT;

    CREATE TABLE meta (
      id INTEGER PRIMARY KEY CHECK (id = 1),
      journal_id TEXT NOT NULL,
      epoch INTEGER NOT NULL,
      high_water INTEGER NOT NULL,
      clean_shutdown INTEGER NOT NULL,
      last_written_at INTEGER NOT NULL
    ) STRICT;
  `,
};
