import type * as real from "../../../src/storage/writer/resume-journal-state.ts";
import { openJournalState } from "../../../src/storage/writer/open-journal-state.ts";

/** A thread that takes over opens the journal as a new process does: what is running was left by a dead one. */
export const resumeJournalState: typeof real.resumeJournalState = openJournalState;
