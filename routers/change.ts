import type { FeedItem } from "../src/degradation/change-feed.ts";
import type { ExplainedTransition } from "../src/degradation/explained-transition.ts";
import { changeSchema, type WireChange } from "./schemas/change.ts";

/** One item of the runtime's feed in the words of the wire. */
export const changeOf = (item: FeedItem<ExplainedTransition>): WireChange =>
  changeSchema.parse(
    "missed" in item
      ? {
          kind: "missed",
          missed: item.missed,
          explanation: `${item.missed} ${item.missed === 1 ? "change was" : "changes were"} not received; ask for the status.`,
        }
      : { kind: "transition", ...item.change },
  );
