import type { Priority } from "../../machines/contracts/priority.ts";

/** Who acts, as proven by whoever made this (the embedding service, the server's credentials), never as claimed by an input. */
export interface Principal {
  /** Appears in every audit row: `svc-kitchen`, `local-operator`. */
  readonly id: string;
  /** What it may do; `*` for everything. */
  readonly permissions: readonly string[] | "*";
  /** The most urgent priority it may ask for; a more urgent one is lowered to this. */
  readonly highestPriority?: Priority;
}

/** The one authorize step, for operations and for control. */
export const isAllowed = (principal: Principal, permission: string): boolean =>
  principal.permissions === "*" || principal.permissions.includes(permission);
