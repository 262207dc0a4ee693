import type { Migration } from "./migration.ts";

/**
 * The number of the last batch that was committed, and what was to be answered to it, in the row that every commit
 * writes anyway. A writer thread that ends between its COMMIT and its answer is started anew in the same process, and
 * its successor reads here whether the batch was committed, and gives the answer that was lost.
 */
export const lastBatch: Migration = {
  version: 4,
  name: "last batch",
  sql: `
    ALTER TABLE meta ADD COLUMN batch INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE meta ADD COLUMN answer TEXT;
  `,
};
