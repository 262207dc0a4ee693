import * as real from "../../../src/storage/open-journal.ts";
import { wrapped } from "../wrapped.ts";

export * from "../../../src/storage/open-journal.ts";

/** An acceptance is answered when it is handed over, not when it is on disk. */
export const openJournal: typeof real.openJournal = async (options) => {
  const journal = await real.openJournal(options);
  return wrapped(journal, {
    accept(acceptance) {
      void journal.accept({ ...acceptance, wants: "ready" });
      return Promise.resolve({ state: "ready" });
    },
  });
};
