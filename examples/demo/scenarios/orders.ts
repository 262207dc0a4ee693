import type { Priority } from "holdfast";

/*
 * The load of every scenario: orders from stations of kitchens. Order n comes from station n mod STATIONS and is to be
 * appended to that station's list. A station has one priority for good, so that the order within its lane is plain.
 */

/** So many that a station's next order hardly ever meets its last one, however long that takes. */
export const STATIONS = 2_000;

/** Of each twenty stations. */
const SHARES = [
  ["critical", 3],
  ["high", 3],
  ["normal", 8],
  ["low", 4],
  ["deferred", 2],
] as const satisfies readonly (readonly [Priority, number])[];

const CYCLE: readonly Priority[] = SHARES.flatMap(([priority, count]) => Array<Priority>(count).fill(priority));
/** Where there are questions, every fourth call is one. */
const QUESTION_EVERY = 4;

export const stationOf = (order: number): number => order % STATIONS;

/** Spread over the cycle, so that no priority comes in bursts: 7 and 20 have no divisor in common. */
export const priorityOf = (order: number): Priority => CYCLE[(stationOf(order) * 7) % CYCLE.length] ?? "normal";

/** Every so many, where a scenario has them, is a question, which the graph is not needed for. */
export const isQuestion = (order: number): boolean => (order + Math.floor(order / CYCLE.length)) % QUESTION_EVERY === 0;

export const stationId = (runId: string, station: number): string =>
  `${runId}-station-${String(station).padStart(4, "0")}`;

/** The share of an open load that is of a priority, 0 to 1. */
export const shareOf = (priority: Priority): number =>
  CYCLE.filter((other) => other === priority).length / CYCLE.length;
