export { PERMISSIONS, type Permission } from "../src/security/access/permissions.ts";

/**
 * Instead of a permission: the procedure passes an operation on, and the runtime's one authorize step asks for the
 * permission of that operation's definition. The answer is then a refusal, a value, and not an error.
 */
export const ASKED_BY_OPERATION = "asked_by_operation";
