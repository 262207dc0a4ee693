import type { AdmissionPolicy } from "../machines/contracts/admission-policy.ts";
import type { AlertChange } from "./alerts/alerts.ts";
import { ChangeFeed, type FeedStore } from "./degradation/change-feed.ts";
import { type ExplainedTransition, explainChange } from "./degradation/explained-transition.ts";
import type { RuntimeEventBus } from "./runtime-events.ts";

/** Entries that are kept for those who reconnect, and how many may read. */
const BOUNDS = { entries: 1_000, readers: 1_000 };

/** What happens, for those who follow it from afar and may lose the connection. */
export class RuntimeFeeds {
  /** Counts the processes that have opened this journal: what the ids of all entries begin with. */
  readonly process: number;
  /** Every transition of every machine, explained: also what was told while a reader was away, from the store. */
  readonly transitions: ChangeFeed<ExplainedTransition>;
  /** Every change of every alert. */
  readonly alerts: ChangeFeed<AlertChange>;

  /** @param epoch the journal's: tells this process's entries from those of another */
  constructor(
    epoch: number,
    events: RuntimeEventBus,
    policy: () => AdmissionPolicy,
    stored: FeedStore<ExplainedTransition>,
  ) {
    this.process = epoch;
    this.transitions = new ChangeFeed(epoch, BOUNDS, stored);
    this.alerts = new ChangeFeed(epoch, BOUNDS);
    events.on("transition", (transition) =>
      // Told when everybody has heard of it, so that it can say how the service is since.
      queueMicrotask(() => this.transitions.tell(explainChange(transition, policy().modes[0]?.mode ?? "normal"))),
    );
    events.on("alert", (change) => this.alerts.tell(change));
  }

  /** Everybody who reads comes to the end. */
  close(): void {
    this.transitions.close();
    this.alerts.close();
  }
}
