import type { Migration } from "./migration.ts";

/**
 * Alerts, history by time, and what an operation's explanation is joined from.
 *
 * - `because` is why an operation was not begun with its acceptance, in one word and a name, so that a million queued
 *   ones cost a few megabytes: values and thresholds are the transitions' of that time. It stands behind the input,
 *   where only a claim (which reads the input anyway) and an explanation come by.
 * - An end keeps what the row knew: its priority, its lane, why it waited and when it was claimed for the last time.
 * - Entries of the audit log between acceptance and end are few, and found by number; acceptances and ends are not in
 *   that index, which would cost a page in every commit.
 * - `mode` is the machine's name without its dependency, for machines of modes and the pin. Few transitions are theirs,
 *   and a history of them must not read past a year of breakers.
 * - One alert of a key is not resolved at a time.
 */
export const alertsAndExplanations: Migration = {
  version: 3,
  name: "alerts and explanations",
  sql: `
    ALTER TABLE operation ADD COLUMN because TEXT;
    ALTER TABLE ended ADD COLUMN priority INTEGER;
    ALTER TABLE ended ADD COLUMN lane INTEGER;
    ALTER TABLE ended ADD COLUMN claimed_at INTEGER;
    ALTER TABLE ended ADD COLUMN because TEXT;

    CREATE INDEX audit_step ON audit (sequence) WHERE kind <> 'accepted' AND kind <> 'ended' AND sequence IS NOT NULL;

    ALTER TABLE transition ADD COLUMN mode TEXT GENERATED ALWAYS AS (
      CASE WHEN substr(machine || ':', 1, instr(machine || ':', ':') - 1) IN
        ('normal', 'reduced_performance', 'local_queue', 'memory_constrained', 'selective_processing', 'emergency_mode', 'pin')
      THEN substr(machine || ':', 1, instr(machine || ':', ':') - 1) END) VIRTUAL;
    CREATE INDEX transition_time ON transition (at);
    CREATE INDEX transition_machine_time ON transition (machine, at);
    CREATE INDEX transition_modes ON transition (at) WHERE mode IS NOT NULL;
    CREATE INDEX transition_mode ON transition (mode, at) WHERE mode IS NOT NULL;

    CREATE TABLE alert (
      id INTEGER PRIMARY KEY,
      key TEXT NOT NULL,
      severity TEXT NOT NULL,
      subject TEXT NOT NULL,
      what TEXT NOT NULL,
      status TEXT NOT NULL,
      opened_at INTEGER NOT NULL,
      last_seen_at INTEGER NOT NULL,
      occurrences INTEGER NOT NULL,
      acknowledged TEXT,
      resolved TEXT,
      cause TEXT NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX alert_unresolved ON alert (key) WHERE status <> 'resolved';
    CREATE INDEX alert_status ON alert (status);
  `,
};
