import type { Kysely } from "kysely";
import type { Database } from "../storage/database.ts";
import { lastTransition } from "../storage/reads/read-history.ts";
import { countBetween, transitionsAfter } from "../storage/reads/transition-places.ts";
import type { FeedStore } from "./change-feed.ts";
import { type ExplainedTransition, explainChange } from "./explained-transition.ts";
import { decidesModes, enter, gravest, type ModesInForce } from "./modes-in-force.ts";

/** The stored transitions as what the feed of changes has told: for those who come back after it has forgotten. */
export const storedChanges = (
  database: Kysely<Database>,
  machines: () => readonly string[],
): FeedStore<ExplainedTransition> => ({
  count: (after, before) => countBetween(database, after, before),
  async after(place, limit) {
    const rows = await transitionsAfter(database, place, limit);
    const [first] = rows;
    if (first === undefined) return [];
    const { at, id } = first.transition;
    const before = await Promise.all(
      machines()
        .filter(decidesModes)
        .map((machine) => lastTransition(database, machine, { at, id: id - 1 })),
    );
    const inForce: ModesInForce = new Map();
    for (const last of before) if (last !== undefined) enter(inForce, last);
    return rows.map(({ place: its, transition: { id: _, ...row } }) => {
      if (decidesModes(row.machine)) enter(inForce, { id: 0, ...row });
      return { place: its, change: explainChange(row, gravest(inForce)) };
    });
  },
});
