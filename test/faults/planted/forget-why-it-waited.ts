import * as real from "../../../src/storage/open-journal.ts";
import { wrapped } from "../wrapped.ts";

export * from "../../../src/storage/open-journal.ts";

/** Why an operation was not begun is not kept with it. */
export const openJournal: typeof real.openJournal = async (options) => {
  const journal = await real.openJournal(options);
  return wrapped(journal, { accept: ({ because: _, ...acceptance }) => journal.accept(acceptance) });
};
