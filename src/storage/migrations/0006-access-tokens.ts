import type { Migration } from "./migration.ts";

/**
 * Credentials of remote callers, and browsers that have signed in by one: the SHA-256 of each secret, never a secret.
 * A few thousand rows at most, all of which a process reads when it opens the journal, so nothing is asked for by
 * anything but the id.
 */
export const accessTokens: Migration = {
  version: 6,
  name: "access tokens",
  sql: `
    CREATE TABLE token (
      id INTEGER PRIMARY KEY,
      hash TEXT NOT NULL,
      kind TEXT NOT NULL,
      name TEXT NOT NULL,
      permissions TEXT NOT NULL,
      highest_priority TEXT,
      parent INTEGER,
      created_at INTEGER NOT NULL,
      created_by TEXT NOT NULL,
      reason TEXT NOT NULL,
      expires_at INTEGER,
      revoked TEXT
    ) STRICT;
  `,
};
