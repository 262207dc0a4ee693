import type { Cause } from "../../machines/contracts/cause.ts";
import { HoldfastError, InvalidValueError } from "../errors.ts";
import type { Page } from "../operations/operation-view.ts";
import type { Principal } from "../operations/principal.ts";
import type { Clock, Logger } from "../ports.ts";
import { checkReason } from "../queue/cancel.ts";
import type { ControlAction } from "../queue/journal.ts";
import type { ListAlerts } from "../storage/reads/list-alerts.ts";
import {
  ALERT_SEVERITIES,
  ALERT_STATUSES,
  type Alert,
  type AlertAction,
  type AlertSeverity,
  type AlertStatus,
} from "./alert.ts";

/** What has become of an alert, as it is told. */
export interface AlertChange {
  /** `repeated`: it was raised again while it was not resolved. */
  readonly change: "opened" | "repeated" | "acknowledged" | "resolved";
  readonly alert: Alert;
}

export interface AlertWish {
  readonly key: string;
  readonly severity: AlertSeverity;
  readonly subject: string;
  readonly what: string;
  readonly cause: Cause;
}

/** `already`: somebody was first, and it stays as he left it. `not_open`: it is resolved, or there is none of this id. */
export type AlertAnswer =
  | { readonly status: "acknowledged" | "resolved" | "already"; readonly alert: Alert }
  | { readonly status: "not_open" };

export interface AlertPorts {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Those that the last process left unresolved. */
  readonly restored: readonly Alert[];
  /** The highest id that was given out. */
  readonly lastId: number;
  /** Each rides in the journal's next commit. */
  readonly save: (alert: Alert) => void;
  readonly record: (action: ControlAction) => void;
  readonly stored: (
    page: ListAlerts,
  ) => Promise<{ readonly rows: readonly Alert[]; readonly next: number | undefined }>;
  readonly tell: (change: AlertChange) => void;
}

/** No more than so many are unresolved at a time; what would be the next is only counted, by an alert of its own. */
export const MAXIMUM_UNRESOLVED_ALERTS = 1_000;

const OVERFLOW = "alerts_not_opened";
const LARGEST_PAGE_ROWS = 1_000;
const SELF = "runtime";

/**
 * What persons should know of. An alert is a row with a status and no machine: it decides nothing. Raised again while
 * it is not resolved, it counts; it is resolved when what it is about is gone, or by a person.
 *
 * Those that are not resolved are here, so that raising one waits for nothing; all of them are in the store.
 */
export class Alerts {
  readonly #ports: AlertPorts;
  readonly #principal: Principal;
  readonly #unresolved = new Map<string, Alert>();
  #lastId: number;

  /** @internal Made by `createRuntime`. */
  constructor(ports: AlertPorts, principal: Principal) {
    this.#ports = ports;
    this.#principal = principal;
    this.#lastId = ports.lastId;
    for (const alert of ports.restored) this.#unresolved.set(alert.key, alert);
  }

  /** Those that are not resolved, oldest first. */
  get unresolved(): readonly Alert[] {
    return [...this.#unresolved.values()].toSorted((a, b) => a.id - b.id);
  }

  /** Of those that are not resolved. */
  get keys(): Iterable<string> {
    return this.#unresolved.keys();
  }

  of(key: string): Alert | undefined {
    return this.#unresolved.get(key);
  }

  /** Opens an alert, or counts one more occurrence of it. */
  raise({ key, severity, subject, what, cause }: AlertWish): Alert {
    const at = this.#ports.clock.now();
    const known = this.#unresolved.get(key);
    if (known !== undefined) {
      const occurrences = known.occurrences + 1;
      return this.#change("repeated", {
        ...known,
        severity: graver(known.severity, severity),
        what,
        cause,
        lastSeenAt: at,
        occurrences,
      });
    }
    if (this.#unresolved.size >= MAXIMUM_UNRESOLVED_ALERTS && key !== OVERFLOW) return this.#overflow(key);
    this.#lastId += 1;
    const id = this.#lastId;
    return this.#change("opened", {
      id,
      key,
      severity,
      subject,
      what,
      status: "open",
      openedAt: at,
      lastSeenAt: at,
      occurrences: 1,
      cause,
    });
  }

  /** What it was about is gone. Does nothing where no alert of this key is unresolved. */
  clear(key: string, reason: string): void {
    const alert = this.#unresolved.get(key);
    if (alert !== undefined) this.#end(alert, { at: this.#ports.clock.now(), by: SELF, reason });
  }

  /**
   * A person has seen it, and says what becomes of it. It stays unresolved.
   *
   * @throws MisuseError `reason_missing`
   */
  acknowledge(id: number, by: { readonly reason: string; readonly principal?: Principal }): AlertAnswer {
    return this.#act("acknowledge_alert", id, by, (alert, acknowledged) =>
      alert.status === "acknowledged"
        ? { status: "already", alert }
        : {
            status: "acknowledged",
            alert: this.#change("acknowledged", { ...alert, status: "acknowledged", acknowledged }),
          },
    );
  }

  /**
   * A person says that it is over. Raised again, it is a new one.
   *
   * @throws MisuseError `reason_missing`
   */
  resolve(id: number, by: { readonly reason: string; readonly principal?: Principal }): AlertAnswer {
    return this.#act("resolve_alert", id, by, (alert, resolved) => ({
      status: "resolved",
      alert: this.#end(alert, resolved),
    }));
  }

  /**
   * Newest first, in pages: `next` is the `after` of the following page. `limit` is 100 by default, 1,000 at most.
   *
   * @throws InvalidValueError `invalid_status`
   */
  async list({
    status,
    after,
    limit = 100,
  }: {
    readonly status?: AlertStatus;
    readonly after?: number;
    readonly limit?: number;
  } = {}): Promise<Page<Alert>> {
    if (status !== undefined && !ALERT_STATUSES.includes(status))
      throw new InvalidValueError(
        "invalid_status",
        "status",
        `an alert's status is one of ${ALERT_STATUSES.join(", ")}`,
      );
    const rows = Math.max(1, Math.min(Math.floor(limit), LARGEST_PAGE_ROWS));
    if (status === "open" || status === "acknowledged") return this.#pageOfUnresolved(status, after, rows);
    const page = await this.#ports.stored({
      limit: rows,
      ...(status === undefined ? {} : { status }),
      ...(after === undefined ? {} : { after }),
    });
    const byId = new Map(this.unresolved.map((alert) => [alert.id, alert]));
    const current = page.rows.map((alert) => (status === undefined ? (byId.get(alert.id) ?? alert) : alert));
    return { rows: current, ...(page.next === undefined ? {} : { next: page.next }) };
  }

  #pageOfUnresolved(status: AlertStatus, after = Number.POSITIVE_INFINITY, limit: number): Page<Alert> {
    const found = this.unresolved.filter((alert) => alert.status === status && alert.id < after).toReversed();
    const rows = found.slice(0, limit);
    const last = rows.at(-1);
    return found.length > limit && last !== undefined ? { rows, next: last.id } : { rows };
  }

  #act(
    action: "acknowledge_alert" | "resolve_alert",
    id: number,
    { reason, principal = this.#principal }: { readonly reason: string; readonly principal?: Principal },
    change: (alert: Alert, by: AlertAction) => AlertAnswer,
  ): AlertAnswer {
    const at = this.#ports.clock.now();
    const record = (outcome: string): void =>
      this.#ports.record({
        at,
        principal: principal.id,
        action,
        target: `alert:${id}`,
        reason: typeof reason === "string" ? reason : null,
        outcome,
        request: {},
      });
    try {
      const why = checkReason(reason, "an alert is acknowledged or resolved");
      const alert = this.unresolved.find((each) => each.id === id);
      const answer: AlertAnswer =
        alert === undefined ? { status: "not_open" } : change(alert, { at, by: principal.id, reason: why });
      record(answer.status);
      return answer;
    } catch (error) {
      record(error instanceof HoldfastError ? error.code : "failed");
      throw error;
    }
  }

  #end(alert: Alert, resolved: AlertAction): Alert {
    const ended = this.#change("resolved", { ...alert, status: "resolved", resolved });
    if (this.#unresolved.size < MAXIMUM_UNRESOLVED_ALERTS) this.clear(OVERFLOW, "there is room for new alerts again");
    return ended;
  }

  #overflow(key: string): Alert {
    const what = `${MAXIMUM_UNRESOLVED_ALERTS} alerts are unresolved, so others are only counted; the last was ${key}`;
    const cause: Cause = { actor: "alerts", what, values: { limit: MAXIMUM_UNRESOLVED_ALERTS } };
    return this.raise({ key: OVERFLOW, severity: "critical", subject: "alerts", what, cause });
  }

  #change(change: AlertChange["change"], alert: Alert): Alert {
    if (change === "resolved") this.#unresolved.delete(alert.key);
    else this.#unresolved.set(alert.key, alert);
    this.#ports.save(alert);
    this.#log(change, alert);
    this.#ports.tell({ change, alert });
    return alert;
  }

  #log(change: AlertChange["change"], { id, key, severity, what }: Alert): void {
    const level =
      change === "repeated" ? "debug" : change !== "opened" ? "info" : severity === "critical" ? "error" : "warn";
    this.#ports.logger[level]({ alert: id, key, severity, change }, `alert ${change}: ${what}`);
  }
}

const graver = (a: AlertSeverity, b: AlertSeverity): AlertSeverity =>
  ALERT_SEVERITIES.indexOf(b) > ALERT_SEVERITIES.indexOf(a) ? b : a;
