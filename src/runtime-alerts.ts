import type { RuntimeConfig } from "../config/types.ts";
import { Alerts } from "./alerts/alerts.ts";
import { ControlAlerts } from "./alerts/control-alerts.ts";
import { DeadLetterAlerts } from "./alerts/dead-letter-alerts.ts";
import { type Measured, ThresholdAlerts } from "./alerts/threshold-alerts.ts";
import type { ControlPlane } from "./control/control-plane.ts";
import type { OperationRegistry } from "./operations/operation-registry.ts";
import type { Principal } from "./operations/principal.ts";
import type { Clock, Logger } from "./ports.ts";
import type { Journal } from "./queue/journal.ts";
import type { StorageHealth } from "./queue/storage-health.ts";
import type { RuntimeEventBus, RuntimeEvents } from "./runtime-events.ts";
import type { Reader } from "./storage/open-reader.ts";
import { listAlerts } from "./storage/reads/list-alerts.ts";

export interface AlertingParts {
  readonly config: RuntimeConfig;
  readonly principal: Principal;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly journal: Journal;
  readonly reader: Reader;
  readonly registry: OperationRegistry;
  readonly control: ControlPlane;
  readonly storage: StorageHealth;
  readonly events: RuntimeEventBus;
}

/** The alerts, and everything that opens and clears one. */
export class Alerting {
  readonly alerts: Alerts;
  readonly #control: ControlAlerts;
  readonly #deadLetters: DeadLetterAlerts;
  readonly #thresholds: ThresholdAlerts;

  constructor({
    config,
    principal,
    clock,
    logger,
    journal,
    reader,
    registry,
    control,
    storage,
    events,
  }: AlertingParts) {
    this.alerts = new Alerts(
      {
        clock,
        logger,
        restored: journal.opened.alerts,
        lastId: journal.opened.lastAlert,
        save: (alert) => journal.saveAlert(alert),
        record: (action) => journal.recordControlAction(action),
        stored: (page) => listAlerts(reader.database, page),
        tell: (change) => events.emit("alert", change),
      },
      principal,
    );
    this.#control = new ControlAlerts({
      alerts: this.alerts,
      actors: () => control.status().actors,
      storageIsLost: () => storage.state === "lost",
    });
    this.#deadLetters = new DeadLetterAlerts({
      alerts: this.alerts,
      skips: (name) => registry.byName(name)?.definition.onDeadLetter === "skip",
      deadBeside: (name) => {
        const pool = registry.byName(name)?.poolId;
        if (pool !== undefined) return journal.counts.get(pool)?.dead ?? 0;
        return [...journal.counts.values()].reduce((sum, { dead }) => sum + dead, 0);
      },
    });
    this.#thresholds = new ThresholdAlerts(this.alerts, config.alerts);
    control.onTransition((transition) => this.#control.transition(transition));
    events.on("page", (page) => this.#control.page(page));
    journal.onChange(() => this.#deadLetters.review());
  }

  /** After the control plane has started: what the last process left may be over. */
  review(): void {
    this.#control.review();
    this.#deadLetters.review();
  }

  /** An operation has ended, or has become a dead letter. */
  ended(event: RuntimeEvents["ended"]): void {
    if (event.outcome === "dead") this.#deadLetters.buried(event);
  }

  /** What the sensors measured last. */
  observe(measured: Measured): void {
    this.#thresholds.observe(measured);
    this.#control.review();
  }
}
