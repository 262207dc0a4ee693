import type { Clock } from "../ports.ts";

/**
 * The time by which machines live: wall time when the process began, carried on by the monotonic clock. It neither
 * jumps nor goes back, so that a correction of the wall clock neither ends a break nor makes it longer.
 */
export interface ControlTime {
  readonly now: () => number;
  /** A moment of this time as the wall clock calls it now: for what is shown or stored for people. */
  readonly wall: (at: number) => number;
  /** The other way: for what people say by the wall clock. */
  readonly ofWall: (wallAt: number) => number;
  /** Milliseconds from now until a moment of this time; 0 when it has passed. */
  readonly until: (deadline: number) => number;
}

/** Differences below this are rounding and scheduling, not a corrected clock. */
const SAME_CLOCK_MS = 100;

export const createControlTime = (clock: Clock): ControlTime => {
  const wallAtStart = clock.now();
  const monotonicAtStart = clock.monotonicMs();
  const now = () => Math.floor(wallAtStart + clock.monotonicMs() - monotonicAtStart);
  const correctedBy = () => {
    const corrected = clock.now() - now();
    return Math.abs(corrected) < SAME_CLOCK_MS ? 0 : corrected;
  };
  return {
    now,
    wall: (at) => at + correctedBy(),
    ofWall: (wallAt) => wallAt - correctedBy(),
    until: (deadline) => Math.max(0, deadline - now()),
  };
};
