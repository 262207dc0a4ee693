import type { FeedItem } from "../src/degradation/change-feed.ts";
import type { ExplainedTransition } from "../src/degradation/explained-transition.ts";
import { changeSchema, type WireChange } from "./schemas/change.ts";

/** A thousand subscribers get the same change: it is put into words and checked for the first. */
const inWords = new WeakMap<ExplainedTransition, WireChange>();

/** One item of the runtime's feed in the words of the wire. */
export function changeOf(item: FeedItem<ExplainedTransition>): WireChange {
  if ("missed" in item) {
    const { missed } = item;
    const explanation = `${missed} ${missed === 1 ? "change was" : "changes were"} not received; ask for the status.`;
    return changeSchema.parse({ kind: "missed", missed, explanation });
  }
  const known = inWords.get(item.change);
  if (known !== undefined) return known;
  const change = changeSchema.parse({ kind: "transition", ...item.change });
  inWords.set(item.change, change);
  return change;
}
