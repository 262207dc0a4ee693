/** One pool at one reading. */
export interface PoolReading {
  /** The least urgent rank that may run; -1 while an outage or its drain explains all of it. */
  readonly lowestRank: number;
  /** All that waits by itself, whether it may run or not. */
  readonly waiting: number;
  /** What of it may run. */
  readonly admitted: number;
  /** What of that was held back before: explained until it is worked off. */
  readonly readmitted: number;
}

/*
 * What was held back is no overload when it is let in again. Otherwise a mode holds itself up: the backlog that it made
 * is above the threshold at once, the mode comes back, and holds back more.
 *
 * So what becomes admitted by another rank, and not by arriving, counts as readmitted. It is what is held back no longer:
 * between two readings of one rank nothing is readmitted, whatever arrives or ends. The readmitted part only shrinks,
 * with what is admitted. A backlog that shrinks is therefore no overflow, and one that grows beyond what was readmitted is
 * one again. Where less may run than before, what is held back again is readmitted no longer.
 *
 * What arrives and is let in between the same two readings is not known to have been held back. It counts as
 * unexplained until as much has been worked off.
 */
export function readmittedOf(before: PoolReading | undefined, now: Omit<PoolReading, "readmitted">): number {
  if (before === undefined) return 0;
  const letIn = before.lowestRank === now.lowestRank ? 0 : heldBack(before) - heldBack(now);
  return Math.min(now.admitted, Math.max(0, before.readmitted + letIn));
}

const heldBack = ({ waiting, admitted }: Omit<PoolReading, "readmitted">): number => Math.max(0, waiting - admitted);
