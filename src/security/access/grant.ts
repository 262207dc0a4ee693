import { PRIORITIES, type Priority, priorityRank } from "../../../machines/contracts/priority.ts";
import { HoldfastError, InvalidValueError } from "../../errors.ts";
import { isAllowed, type Principal } from "../../operations/principal.ts";
import { PERMISSIONS_OF_ROLE, ROLES, type Role } from "./roles.ts";

/** What a new token shall be allowed: a role, or permissions one by one. */
export type GrantWish =
  | { readonly role: Role; readonly permissions?: undefined }
  | { readonly permissions: readonly string[]; readonly role?: undefined };

export type Grant = Pick<Principal, "permissions" | "highestPriority">;

/** Roles are shorter; nobody writes out more than that. */
const MAXIMUM_PERMISSIONS = 100;

/**
 * What a token is given of what was asked for: never more than its creator has. A creator with a priority cap gives it
 * on, unless a lower one was asked for.
 *
 * @param known every permission that something here asks for
 * @throws InvalidValueError `invalid_token`, `unknown_permission`; HoldfastError `forbidden`
 */
export function grant(
  wish: GrantWish & { readonly highestPriority?: Priority },
  creator: Principal,
  known: ReadonlySet<string>,
): Grant {
  const permissions = asked(wish, known);
  const beyond =
    permissions === "*"
      ? creator.permissions === "*"
        ? undefined
        : "everything"
      : permissions.find((permission) => !isAllowed(creator, permission));
  if (beyond !== undefined)
    throw new HoldfastError(
      "forbidden",
      `${creator.id} may not give what it does not have: ${beyond}. Ask somebody who has it.`,
    );
  const highestPriority = wish.highestPriority ?? creator.highestPriority;
  if (highestPriority === undefined) return { permissions };
  if (!PRIORITIES.includes(highestPriority))
    throw new InvalidValueError("invalid_token", "highestPriority", `a priority is one of ${PRIORITIES.join(", ")}`);
  const cap = creator.highestPriority;
  if (cap !== undefined && priorityRank(highestPriority) < priorityRank(cap))
    throw new HoldfastError("forbidden", `${creator.id} may not give a priority above its own, which is ${cap}.`);
  return { permissions, highestPriority };
}

function asked({ role, permissions }: GrantWish, known: ReadonlySet<string>): Principal["permissions"] {
  if ((role === undefined) === (permissions === undefined))
    throw new InvalidValueError("invalid_token", "permissions", "a token is given either a role or permissions");
  if (role !== undefined) {
    if (!ROLES.includes(role))
      throw new InvalidValueError("invalid_token", "role", `a role is one of ${ROLES.join(", ")}`);
    return PERMISSIONS_OF_ROLE[role];
  }
  if (!Array.isArray(permissions) || permissions.length === 0 || permissions.length > MAXIMUM_PERMISSIONS)
    throw new InvalidValueError("invalid_token", "permissions", `name 1 to ${MAXIMUM_PERMISSIONS} permissions`);
  for (const permission of permissions)
    if (!known.has(permission))
      throw new InvalidValueError(
        "unknown_permission",
        "permissions",
        `nothing here asks for the permission ${JSON.stringify(permission)}; there are ${[...known].join(", ")}`,
      );
  return Object.freeze([...new Set(permissions)]);
}
