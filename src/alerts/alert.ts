import type { Cause } from "../../machines/contracts/cause.ts";

/** How soon a person should look: `critical` now, `warning` today, `info` when convenient. */
export const ALERT_SEVERITIES = ["info", "warning", "critical"] as const;

export type AlertSeverity = (typeof ALERT_SEVERITIES)[number];

/** An alert is open until a person acknowledges it, and in either state until it is resolved. */
export const ALERT_STATUSES = ["open", "acknowledged", "resolved"] as const;

export type AlertStatus = (typeof ALERT_STATUSES)[number];

/** Who acted on an alert: a principal's id, or `runtime` when what it was about is gone. */
export interface AlertAction {
  /** Wall time. */
  readonly at: number;
  readonly by: string;
  readonly reason: string;
}

/** Something that a person should know of, as it is stored and told. Times are wall times, milliseconds since 1970. */
export interface Alert {
  readonly id: number;
  /** What it is about: while one of a key is not resolved, no other is opened under it. */
  readonly key: string;
  readonly severity: AlertSeverity;
  /** `graph`, `drain:graph`, `memory`: for grouping and for people. */
  readonly subject: string;
  /** In words, as of the last occurrence. */
  readonly what: string;
  readonly status: AlertStatus;
  readonly openedAt: number;
  readonly lastSeenAt: number;
  /** How often it was raised since it was opened. */
  readonly occurrences: number;
  readonly acknowledged?: AlertAction;
  readonly resolved?: AlertAction;
  /** Of the last occurrence. */
  readonly cause: Cause;
}
