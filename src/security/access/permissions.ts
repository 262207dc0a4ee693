/**
 * What a principal may be allowed at the surface. Operations bring permissions of their own; one that names none asks
 * for `operation.submit`.
 */
export const PERMISSIONS = [
  "operation.read",
  "operation.cancel",
  "queue.read",
  "dead_letter.read",
  "dead_letter.resolve",
  "degradation.read",
  "degradation.pin",
  "degradation.configure",
  "dependency.control",
  "incident.read",
  "incident.acknowledge",
  "alert.read",
  "alert.resolve",
  "machine.read",
  "health.read",
  "backup.create",
  "fault.inject",
  "token.read",
  "token.manage",
] as const;

export type Permission = (typeof PERMISSIONS)[number];

/** What an operation asks for whose definition names no permission. */
export const SUBMIT_PERMISSION = "operation.submit";
