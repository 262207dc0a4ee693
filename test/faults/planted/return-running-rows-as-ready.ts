import { join } from "node:path";
import * as real from "../../../src/storage/open-journal.ts";
import { plantBeforeOpening } from "../../chaos/journal-faults.ts";

export * from "../../../src/storage/open-journal.ts";

/** What a dead process left running is ready at once, a lane's last row first. */
export const openJournal: typeof real.openJournal = (options) => {
  plantBeforeOpening("return_all_ready", join(options.dataDirectory, real.JOURNAL_FILE));
  return real.openJournal(options);
};
