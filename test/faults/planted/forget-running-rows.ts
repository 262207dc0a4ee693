import { join } from "node:path";
import * as real from "../../../src/storage/open-journal.ts";
import { plantBeforeOpening } from "../../chaos/journal-faults.ts";

export * from "../../../src/storage/open-journal.ts";

/** What a dead process left running is gone at the restart. */
export const openJournal: typeof real.openJournal = (options) => {
  plantBeforeOpening("forget_running", join(options.dataDirectory, real.JOURNAL_FILE));
  return real.openJournal(options);
};
