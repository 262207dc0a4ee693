import type { Run } from "./journal.ts";

/** Which runs may share a transaction. Travels with a claim, so that the writer counts permits as the dispatcher does. */
export interface BatchRules {
  /** Definition and most items of a batch of it; a definition that is not here is executed run by run. */
  readonly sizes: readonly (readonly [definition: number, items: number])[];
  /** Most batches that this claim may begin. */
  readonly batches: number;
}

export const NO_BATCHES: BatchRules = { sizes: [], batches: 0 };

/** What a grouping looks at in a run: its head. */
export interface RunHead {
  readonly definition: number;
  readonly attempts: number;
  readonly interruptions: number;
}

/** What takes one permit: a batch of runs, or one run, whose rows are executed one after the other. */
export interface RunGroup {
  readonly runs: readonly Run[];
  readonly isBatch: boolean;
}

/** With each failed attempt and each interruption of its head, a run shares with this many times fewer. */
const SHRINKS_BY = 8;

/**
 * Counts the groups that runs make: those of a definition with batches fill one batch after the other, every other run
 * is a group of its own. What is grouped depends on nothing but the rules and the order of the runs, so the writer,
 * which claims by groups, and the dispatcher, which executes them, come to the same.
 *
 * A head that has failed or was interrupted before shares with fewer, its like, down to none: what was too much for
 * one transaction (its time, the server's memory, the process) passes in smaller ones, instead of failing with the
 * same neighbours until they all are dead letters. What must run alone shares with none.
 */
export class GroupCounter {
  readonly #sizes: ReadonlyMap<number, number>;
  readonly #interruptionsBeforeAlone: number;
  /** The batch that still has room, of each definition and capacity: its number and its items. */
  readonly #open = new Map<string, { readonly group: number; readonly capacity: number; items: number }>();
  #groups = 0;
  #batches = 0;

  constructor({ sizes }: BatchRules, interruptionsBeforeAlone: number) {
    this.#sizes = new Map(sizes);
    this.#interruptionsBeforeAlone = interruptionsBeforeAlone;
  }

  get groups(): number {
    return this.#groups;
  }

  get batches(): number {
    return this.#batches;
  }

  /** Most items that may share a transaction with this head; 1: it is executed by itself. */
  capacityFor({ definition, attempts, interruptions }: RunHead): number {
    const size = this.#sizes.get(definition);
    if (size === undefined || interruptions >= this.#interruptionsBeforeAlone) return 1;
    return Math.max(1, Math.floor(size / SHRINKS_BY ** (attempts + interruptions)));
  }

  /** Items for which the batch that was begun for such a head has room. */
  roomFor(head: RunHead): number {
    const capacity = this.capacityFor(head);
    const open = this.#open.get(nameOf(head, capacity));
    return open === undefined ? 0 : capacity - open.items;
  }

  /** Items for which all batches that were begun have room. */
  get room(): number {
    let room = 0;
    for (const { capacity, items } of this.#open.values()) room += capacity - items;
    return room;
  }

  /** The number of the run's group, counted from 0: a batch with room for it, or a new group. */
  add(head: RunHead, items: number): number {
    const capacity = this.capacityFor(head);
    const name = nameOf(head, capacity);
    const open = this.#open.get(name);
    if (open !== undefined && open.items + items <= capacity) {
      open.items += items;
      return open.group;
    }
    const group = this.#groups;
    this.#groups += 1;
    if (capacity > 1) {
      this.#batches += 1;
      this.#open.set(name, { group, capacity, items });
    }
    return group;
  }
}

const nameOf = ({ definition }: RunHead, capacity: number): string => `${definition}/${capacity}`;

/** The groups of claimed runs, in their order. */
export function groupRuns(
  runs: readonly Run[],
  rules: BatchRules,
  interruptionsBeforeAlone: number,
): readonly RunGroup[] {
  const counter = new GroupCounter(rules, interruptionsBeforeAlone);
  const groups: { readonly runs: Run[]; readonly isBatch: boolean }[] = [];
  for (const run of runs) {
    const head = run.rows[0]!;
    const group = (groups[counter.add(head, run.rows.length)] ??= {
      runs: [],
      isBatch: counter.capacityFor(head) > 1,
    });
    group.runs.push(run);
  }
  return groups;
}
