/**
 * What a principal may be allowed at this surface. Operations bring permissions of their own (`operation.submit`
 * unless their definition says otherwise); those are the runtime's to check.
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
  "token.read",
  "token.manage",
] as const;

export type Permission = (typeof PERMISSIONS)[number];

/**
 * Instead of a permission: the procedure passes an operation on, and the runtime's one authorize step asks for the
 * permission of that operation's definition. The answer is then a refusal, a value, and not an error.
 */
export const ASKED_BY_OPERATION = "asked_by_operation";
