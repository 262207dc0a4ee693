import * as real from "../../../src/storage/open-journal.ts";
import { wrapped } from "../wrapped.ts";

export * from "../../../src/storage/open-journal.ts";

/** What was accepted is logged with its input. */
export const openJournal: typeof real.openJournal = async (options) => {
  const journal = await real.openJournal(options);
  return wrapped(journal, {
    accept(acceptance) {
      options.logger.debug({ operationId: acceptance.operationId, input: acceptance.input }, "accepted");
      return journal.accept(acceptance);
    },
  });
};
