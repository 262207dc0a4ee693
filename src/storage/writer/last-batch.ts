import type { Resumption } from "../protocol.ts";
import type { MetaRow } from "../statements/open-meta.ts";
import { type LastAnswer, parseAnswer } from "./last-answer.ts";

/**
 * What was to be answered to the batch that nobody was answered to; undefined when it was not committed, and is to be
 * sent again. Its number was written in the same transaction, and every commit writes its own, so the two are either
 * equal or nothing of the batch is on disk.
 */
export function lostAnswer([, , , , , batch, answer]: MetaRow, { unanswered }: Resumption): LastAnswer | undefined {
  return unanswered === null || unanswered.batch !== batch || answer === null ? undefined : parseAnswer(answer);
}
