import * as real from "../../../src/storage/open-journal.ts";
import { wrapped } from "../wrapped.ts";

export * from "../../../src/storage/open-journal.ts";

/** Alerts are told, and not stored. */
export const openJournal: typeof real.openJournal = async (options) =>
  wrapped(await real.openJournal(options), { saveAlert: () => {} });
