import type { Priority } from "holdfast";
import { drawn } from "./random.ts";

export interface WorkloadSettings {
  readonly lanes: number;
  readonly seed: number;
}

/** What is submitted under one number: it is appended to one list in the graph. */
export interface Work {
  readonly number: number;
  readonly list: string;
  /** Its list is a lane: the list must hold its numbers in order. */
  readonly ordered: boolean;
  readonly priority: Priority;
  /** How the caller asks: `enqueue` never waits, the others wait this long. Milliseconds. */
  readonly answerWithinMs: number | "enqueue";
}

/** As many lists are shared by operations without a lane as there are tenths of the lanes. */
const LANES_PER_FREE_LIST = 10;
const PATIENT_MS = 2_000;
const IMPATIENT_MS = 25;
const PRIORITIES: readonly Priority[] = ["normal", "normal", "normal", "critical", "high", "low", "low", "deferred"];

/**
 * The work of the campaign, which both processes know by the number alone. Of ten numbers in a row one has no lane,
 * four go to one drawn lane, so that a lane has several under way at once, and five go to the next five lanes, so
 * that all lanes get their share.
 */
export function workOf(number: number, { lanes, seed }: WorkloadSettings): Work {
  const ten = Math.floor(number / 10);
  const place = number % 10;
  const manner = drawn(seed, number, 10);
  const list =
    place === 0
      ? `free-${drawn(seed, ten, Math.max(1, Math.floor(lanes / LANES_PER_FREE_LIST)))}`
      : `lane-${place <= 4 ? drawn(seed, ten, lanes) : (ten * 5 + place - 5) % lanes}`;
  return {
    number,
    list,
    ordered: place !== 0,
    priority: PRIORITIES[drawn(seed + 1, number, PRIORITIES.length)] ?? "normal",
    answerWithinMs: manner === 0 ? "enqueue" : manner === 1 ? IMPATIENT_MS : PATIENT_MS,
  };
}
