/** A span of time, in wall times. */
export interface TimeSpan {
  readonly from: number;
  readonly to: number;
}

const SHORTEST_MS = 20;

export const lengthOf = ({ from, to }: TimeSpan): number => to - from;

/** A span of this length around a moment, moved so that it does not leave the whole. */
export function around(moment: number, lengthMs: number, all: TimeSpan): TimeSpan {
  const length = Math.min(Math.max(lengthMs, SHORTEST_MS), Math.max(lengthOf(all), SHORTEST_MS));
  const from = Math.round(Math.min(Math.max(moment - length / 2, all.from), Math.max(all.from, all.to - length)));
  return { from, to: Math.round(from + length) };
}

/** What was chosen by hand, in whichever direction, not too short to show anything. */
export const chosenSpan = (a: number, b: number, all: TimeSpan): TimeSpan => around((a + b) / 2, Math.abs(a - b), all);

/** Where a moment is within a span: 0 at its beginning, 1 at its end. */
export const shareOf = (moment: number, { from, to }: TimeSpan): number =>
  to <= from ? 0 : Math.min(1, Math.max(0, (moment - from) / (to - from)));

export const momentAt = (share: number, { from, to }: TimeSpan): number =>
  Math.round(from + Math.min(1, Math.max(0, share)) * (to - from));
