import type { AuditKind, AuditLog } from "./audit-log.ts";
import type { Connection, Value } from "./connection.ts";
import { insertAudit } from "./statements/insert-audit.ts";

/** One row per entry in the table `audit`, many at a time. */
export class PlainAuditLog implements AuditLog {
  readonly #connection: Connection;
  #entries: Value[] = [];

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  append(at: number, kind: AuditKind, sequence: number | null, principal: string, detail: string | null): void {
    this.#entries.push(at, kind, sequence, principal, detail);
  }

  flush(): boolean {
    if (this.#entries.length === 0) return false;
    this.#connection.runSized(insertAudit, this.#entries);
    this.#entries = [];
    return true;
  }

  discard(): void {
    this.#entries = [];
  }
}
