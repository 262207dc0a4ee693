import type { Migration } from "./migration.ts";

/**
 * A transition keeps which edge of its machine was taken, which its states alone do not tell, and its place in the feed:
 * the process that told it and its number there. Whoever lost the connection names the last place received; the index
 * finds what came after it, also from processes that are gone.
 */
export const transitionPlaces: Migration = {
  version: 5,
  name: "transition places",
  sql: `
    ALTER TABLE transition ADD COLUMN edge TEXT;
    ALTER TABLE transition ADD COLUMN epoch INTEGER;
    ALTER TABLE transition ADD COLUMN number INTEGER;
    CREATE INDEX transition_place ON transition (epoch, number) WHERE number IS NOT NULL;
  `,
};
