import type { Acknowledgement } from "./verify-acknowledgements.ts";

/** The lists as they stand in the graph, by their ids. */
export type ReadLists = ReadonlyMap<string, ReadList>;

export interface ReadList {
  readonly numbers: readonly number[];
  /** What the last transaction on the list wrote beside it. */
  readonly last: number | undefined;
}

export interface ListsVerdict {
  readonly acknowledged: number;
  /** Lanes with at least one acknowledged number. */
  readonly lanes: number;
  /** Acknowledged, and not in its list. */
  readonly lost: number;
  /** Each time that a number stands in a list beyond its first. */
  readonly doubled: number;
  /** Numbers of a lane that stand behind a higher one, which was accepted later. */
  readonly outOfOrder: number;
  /** In a list, and never acknowledged for it. */
  readonly unexpected: number;
  /** Lists whose last number is not what was written beside it in the same transaction. */
  readonly torn: number;
  /** The first few of each, in words. */
  readonly examples: readonly string[];
}

const EXAMPLES_OF_EACH = 3;
/** Lists of operations that have no lane promise no order. */
const isLane = (list: string): boolean => list.startsWith("lane-");

/**
 * Compares what was acknowledged with what stands in the graph, when everything has come to its end. Strict: where all
 * counts are 0, each lane's list is exactly its acknowledged numbers in rising order.
 *
 * Rising order is the order of acceptance, over all lives of the service:
 * - A life submits in rising order: first what may have been submitted before and was not acknowledged, then new numbers,
 *   which are all higher. Submits are accepted in the order of the calls, and commits come one after the other. So what
 *   a life has accepted when it dies is the first part of what it has submitted.
 * - Suppose that everything accepted so far is the numbers 0 to k, in this order. The next life submits again what is not
 *   acknowledged. What is up to k among it is known by its key and not accepted again; the rest begins with k + 1. So what
 *   is accepted afterwards is 0 to some k' in rising order.
 * - A refusal or a failure would leave a gap; there must be none, and the campaign ends with an error at the first.
 */
export function verifyLists(acknowledgements: readonly Acknowledgement[], lists: ReadLists): ListsVerdict {
  const found = {
    lost: [] as string[],
    doubled: [] as string[],
    outOfOrder: [] as string[],
    unexpected: [] as string[],
    torn: [] as string[],
  };
  const acknowledgedByList = new Map<string, Set<number>>();
  for (const { number, list } of acknowledgements) {
    const numbers = acknowledgedByList.get(list);
    if (numbers === undefined) acknowledgedByList.set(list, new Set([number]));
    else numbers.add(number);
  }
  // A list that was acknowledged must not escape by not being there.
  for (const list of new Set([...acknowledgedByList.keys(), ...lists.keys()])) {
    const acknowledged = acknowledgedByList.get(list) ?? new Set<number>();
    const { numbers, last } = lists.get(list) ?? { numbers: [], last: undefined };
    const seen = new Set<number>();
    let highest = -1;
    for (const number of numbers) {
      if (seen.has(number)) found.doubled.push(`${number} in ${list}`);
      else if (!acknowledged.has(number)) found.unexpected.push(`${number} in ${list}`);
      else if (isLane(list) && number < highest) found.outOfOrder.push(`${number} behind ${highest} in ${list}`);
      seen.add(number);
      highest = Math.max(highest, number);
    }
    for (const number of acknowledged) if (!seen.has(number)) found.lost.push(`${number} of ${list}`);
    if (last !== numbers.at(-1)) found.torn.push(`${list} ends with ${numbers.at(-1)}, and ${last} is beside it`);
  }
  return {
    acknowledged: acknowledgements.length,
    lanes: [...acknowledgedByList.keys()].filter(isLane).length,
    lost: found.lost.length,
    doubled: found.doubled.length,
    outOfOrder: found.outOfOrder.length,
    unexpected: found.unexpected.length,
    torn: found.torn.length,
    examples: Object.entries(found).flatMap(([name, all]) =>
      all.slice(0, EXAMPLES_OF_EACH).map((what) => `${name}: ${what}`),
    ),
  };
}
