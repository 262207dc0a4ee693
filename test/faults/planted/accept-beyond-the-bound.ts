import * as real from "../../../src/storage/open-journal.ts";

export * from "../../../src/storage/open-journal.ts";

/** The queue never is full. */
export const openJournal: typeof real.openJournal = (options) =>
  real.openJournal({ ...options, queue: { ...options.queue, maximumRows: Number.MAX_SAFE_INTEGER } });
