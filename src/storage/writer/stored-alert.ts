import type { Alert, AlertAction, AlertSeverity, AlertStatus } from "../../alerts/alert.ts";
import type { Value } from "../connection.ts";

/** A row of `alert`, in the order of its columns. */
export type StoredAlert = [
  id: number,
  key: string,
  severity: AlertSeverity,
  subject: string,
  what: string,
  status: AlertStatus,
  openedAt: number,
  lastSeenAt: number,
  occurrences: number,
  acknowledged: string | null,
  resolved: string | null,
  cause: string,
];

export const toStoredAlert = (alert: Alert): Value[] => [
  alert.id,
  alert.key,
  alert.severity,
  alert.subject,
  alert.what,
  alert.status,
  alert.openedAt,
  alert.lastSeenAt,
  alert.occurrences,
  alert.acknowledged === undefined ? null : JSON.stringify(alert.acknowledged),
  alert.resolved === undefined ? null : JSON.stringify(alert.resolved),
  JSON.stringify(alert.cause),
];

export function toAlert(row: StoredAlert): Alert {
  const [id, key, severity, subject, what, status, openedAt, lastSeenAt, occurrences, acknowledged, resolved, cause] =
    row;
  return {
    id,
    key,
    severity,
    subject,
    what,
    status,
    openedAt,
    lastSeenAt,
    occurrences,
    ...(acknowledged === null ? {} : { acknowledged: JSON.parse(acknowledged) as AlertAction }),
    ...(resolved === null ? {} : { resolved: JSON.parse(resolved) as AlertAction }),
    cause: JSON.parse(cause) as Alert["cause"],
  };
}
