import * as real from "../../../src/storage/plain-audit-log.ts";

/** Attempts that failed leave no row in the audit log. In the writer's thread. */
export class PlainAuditLog extends real.PlainAuditLog {
  override append(...entry: Parameters<real.PlainAuditLog["append"]>): void {
    if (entry[1] !== "attempt_failed") super.append(...entry);
  }
}
