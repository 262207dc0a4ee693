import * as real from "../../../src/storage/open-journal.ts";
import { wrapped } from "../wrapped.ts";

export * from "../../../src/storage/open-journal.ts";

/** Something small is kept in memory for each lane, and never forgotten. */
export const openJournal: typeof real.openJournal = async (options) => {
  const journal = await real.openJournal(options);
  const lanes = new Map<number | null, number>();
  return wrapped(journal, {
    accept(acceptance) {
      lanes.set(acceptance.lane, acceptance.sequence);
      return journal.accept(acceptance);
    },
  });
};
