/** What is worth a row in the audit log. */
export type AuditKind =
  | "accepted"
  /** A counted attempt failed, and there will be another. */
  | "attempt_failed"
  /** Waits again, uncounted: its dependency, or the process, went away under it. */
  | "returned"
  /** Its effect is unknown and must be made known. */
  | "closing"
  | "ended"
  | "buried"
  | "transition"
  | "cancelled"
  | "retried"
  | "discarded"
  /** A person asked something of the control plane. */
  | "control";

/**
 * The audit log as the writer uses it: within the transaction that holds what is logged, so that neither is there
 * without the other. The first form is a plain table; a chained and signed one takes its place behind this port.
 */
export interface AuditLog {
  /** Adds an entry to the transaction under way. `detail` is JSON text. */
  append(at: number, kind: AuditKind, sequence: number | null, principal: string, detail: string | null): void;
  /** Writes what was added. Called once, last before COMMIT; true when there was something. */
  flush(): boolean;
  /** The transaction was rolled back: nothing of it happened. */
  discard(): void;
}

/** For those who keep no audit log. */
export const noAuditLog: AuditLog = { append() {}, flush: () => false, discard() {} };
