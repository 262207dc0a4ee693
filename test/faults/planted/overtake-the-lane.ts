import * as real from "../../../src/storage/open-journal.ts";
import { wrapped } from "../wrapped.ts";

export * from "../../../src/storage/open-journal.ts";

/** Operations are accepted without their lane. */
export const openJournal: typeof real.openJournal = async (options) => {
  const journal = await real.openJournal(options);
  return wrapped(journal, { accept: (acceptance) => journal.accept({ ...acceptance, lane: null }) });
};
