import { MisuseError } from "../errors.ts";

/**
 * - `cancelled`: it never ran and never will.
 * - `closing`: an attempt may have had an effect; a fence decides whether it ends `cancelled` or `completed`.
 * - `running`: it is being executed now; ask again.
 * - `not_waiting`: it has ended, or is not known.
 */
export interface CancelOutcome {
  readonly status: "cancelled" | "closing" | "running" | "not_waiting";
  readonly operationId: string;
}

/** @throws MisuseError `reason_missing` */
export function checkReason(reason: unknown, what: string): string {
  if (typeof reason !== "string" || reason.trim() === "")
    throw new MisuseError("reason_missing", `Say why: ${what} with a reason, which is kept in the audit.`);
  return reason;
}
