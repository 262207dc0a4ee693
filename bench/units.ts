/** Whether less or more of it is better: the one place that knows, and the one that makes a ratio of two figures. */
const BETTER = {
  ns: "lower",
  "µs of main-thread CPU": "lower",
  µs: "lower",
  ms: "lower",
  s: "lower",
  calls: "lower",
  "bytes/call": "lower",
  MB: "lower",
  "frames/s": "higher",
  "calls/s": "higher",
  "items/s": "higher",
} as const;

export type Unit = keyof typeof BETTER;

export const isBetterLower = (unit: Unit): boolean => BETTER[unit] === "lower";

/** Above 1 when ours is better. */
export const ratioOf = (unit: Unit, ours: number, peer: number): number =>
  isBetterLower(unit) ? peer / ours : ours / peer;
