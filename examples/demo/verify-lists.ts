import type { Acknowledgement } from "./verify-acknowledgements.ts";

/** What the graph's lists say of the acknowledged operations. */
export interface ListsVerdict {
  /** Acknowledged as completed or queued, and not in its document's list. */
  readonly lost: number;
  /** Each time that an operation stands in the lists beyond its first. */
  readonly doubled: number;
  /** Inversions: operations that stand behind one of their lane that was accepted later. */
  readonly outOfOrder: number;
  /** In a list of a lane that never acknowledged it (or told that it had failed): an effect without an answer. */
  readonly unexpected: number;
  /** The first few of each, in words. */
  readonly examples: readonly string[];
}

const EXAMPLES_OF_EACH = 3;

/**
 * Compares what callers were told with what the graph holds. `lists[lane]` is the list of that lane's document, as read
 * from the graph when everything had come to its end.
 */
export function verifyLists(
  acknowledgements: readonly Acknowledgement[],
  lists: readonly (readonly number[])[],
): ListsVerdict {
  const findings = {
    lost: [] as string[],
    doubled: [] as string[],
    outOfOrder: [] as string[],
    unexpected: [] as string[],
  };
  const placesByLane = placesInOrderOfAcceptance(acknowledgements);
  // A lane that was acknowledged must not escape by having no list at all.
  const lanes = new Set([...lists.keys(), ...placesByLane.keys()]);
  for (const lane of lanes) {
    const list = lists[lane] ?? [];
    const places = placesByLane.get(lane) ?? new Map<number, number>();
    const seen = new Set<number>();
    let highestPlace = -1;
    for (const operation of list) {
      const what = `operation ${operation} in lane ${lane}`;
      const place = places.get(operation);
      if (seen.has(operation)) findings.doubled.push(`doubled: ${what}`);
      else if (place === undefined) findings.unexpected.push(`unexpected: ${what}`);
      else if (place < highestPlace) findings.outOfOrder.push(`out of order: ${what}`);
      else highestPlace = place;
      seen.add(operation);
    }
    for (const operation of places.keys())
      if (!seen.has(operation)) findings.lost.push(`lost: operation ${operation} in lane ${lane}`);
  }
  return {
    lost: findings.lost.length,
    doubled: findings.doubled.length,
    outOfOrder: findings.outOfOrder.length,
    unexpected: findings.unexpected.length,
    examples: Object.values(findings).flatMap((found) => found.slice(0, EXAMPLES_OF_EACH)),
  };
}

/** Per lane: each accepted operation's place in the order of acceptance. What was told to have failed has none. */
function placesInOrderOfAcceptance(acknowledgements: readonly Acknowledgement[]): Map<number, Map<number, number>> {
  const placesByLane = new Map<number, Map<number, number>>();
  for (const { operation, lane, status } of acknowledgements) {
    if (status === "failed") continue;
    let places = placesByLane.get(lane);
    if (places === undefined) placesByLane.set(lane, (places = new Map()));
    if (!places.has(operation)) places.set(operation, places.size);
  }
  return placesByLane;
}
