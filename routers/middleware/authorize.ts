import { HoldfastError } from "../../src/errors.ts";
import { isAllowed, type Principal } from "../../src/operations/principal.ts";
import { ASKED_BY_OPERATION, type Permission } from "../permissions.ts";

/** The one check of a procedure's declared permission. Deny by default: a procedure that declares none is closed. */
export function authorize(principal: Principal, permission: Permission | typeof ASKED_BY_OPERATION | undefined): void {
  if (permission === ASKED_BY_OPERATION) return;
  if (permission !== undefined && isAllowed(principal, permission)) return;
  const lacks = permission === undefined ? "this procedure declares no permission" : `it asks for ${permission}`;
  throw new HoldfastError("forbidden", `${principal.id} may not do this: ${lacks}.`);
}
