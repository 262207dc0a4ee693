import * as real from "../../../src/storage/open-journal.ts";
import { wrapped } from "../wrapped.ts";

export * from "../../../src/storage/open-journal.ts";

/** The death of the process counts against the operation that it interrupted. */
export const openJournal: typeof real.openJournal = async (options) => {
  const journal = await real.openJournal(options);
  return wrapped(journal, {
    async claim(request) {
      const claimed = await journal.claim(request);
      const runs = claimed.runs.map((run) => ({
        ...run,
        rows: run.rows.map((row) => ({ ...row, attempts: row.attempts + row.interruptions })),
      }));
      return { ...claimed, runs };
    },
  });
};
