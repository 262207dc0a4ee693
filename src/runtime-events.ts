import type { AdmissionPolicy } from "../machines/contracts/admission-policy.ts";
import type { Cause } from "../machines/contracts/cause.ts";
import type { AlertChange } from "./alerts/alerts.ts";
import { LiveCounters } from "./live/live-counters.ts";
import type { Logger } from "./ports.ts";
import type { EndedEvent, EndOfOperation } from "./queue/ended-event.ts";
import { OperationMeters } from "./telemetry/operation-meters.ts";
import type { TransitionRow } from "./queue/journal.ts";

/** What `runtime.on` tells. Listeners run in the same turn and must be quick. */
export interface RuntimeEvents {
  /** A new admission policy is in force. */
  readonly policy: AdmissionPolicy;
  /** A machine took a transition. */
  readonly transition: TransitionRow;
  /** An accepted operation has ended, or has become a dead letter. */
  readonly ended: EndedEvent;
  /** A person is needed. */
  readonly page: { readonly at: number; readonly subject: string; readonly cause: Cause };
  /** An alert was opened, raised again, acknowledged or resolved. */
  readonly alert: AlertChange;
}

export class RuntimeEventBus {
  readonly #logger: Logger;
  readonly #listeners: { [Name in keyof RuntimeEvents]: Set<(event: RuntimeEvents[Name]) => void> } = {
    policy: new Set(),
    transition: new Set(),
    ended: new Set(),
    page: new Set(),
    alert: new Set(),
  };
  /** Who measures ends, while somebody does. Called before the listeners, and for what stays off the disk as well. */
  measure: ((end: EndOfOperation) => void) | undefined;
  /** What the last second brought, for those who look at charts. */
  readonly live = new LiveCounters();
  /** What has passed since the process began, for those who scrape. */
  readonly meters = new OperationMeters();
  #ended = { completed: 0, replayed: 0, failed: 0, dead: 0 };

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** Operations ended by this process. */
  get ended(): {
    readonly completed: number;
    readonly replayed: number;
    readonly failed: number;
    readonly dead: number;
  } {
    return { ...this.#ended };
  }

  on<Name extends keyof RuntimeEvents>(name: Name, listener: (event: RuntimeEvents[Name]) => void): () => void {
    this.#listeners[name].add(listener);
    return () => this.#listeners[name].delete(listener);
  }

  emit<Name extends keyof RuntimeEvents>(name: Name, event: RuntimeEvents[Name]): void {
    for (const listener of this.#listeners[name])
      try {
        listener(event);
      } catch (error) {
        this.#logger.error(
          { event: name, error: error instanceof Error ? error.name : "unknown" },
          "a listener threw; it was ignored",
        );
      }
  }

  countAccepted(): void {
    this.live.accept();
    this.meters.accepted += 1;
  }

  /** Of what was never on disk. */
  countOffDiskEnd(end: EndOfOperation): void {
    this.live.ended(end);
    this.meters.count(end);
    this.measure?.(end);
  }

  countEnd(event: RuntimeEvents["ended"]): void {
    this.#ended[event.outcome] += 1;
    if (event.replayed) this.#ended.replayed += 1;
    this.live.ended(event);
    this.meters.count(event);
    this.measure?.(event);
    if (this.#listeners.ended.size > 0) this.emit("ended", event);
  }
}
