import type { Principal } from "../../operations/principal.ts";
import { type Permission, SUBMIT_PERMISSION } from "./permissions.ts";

/** Names for sets of permissions that are often given together. A token keeps the permissions, not the role. */
export const ROLES = ["viewer", "operator", "service", "admin"] as const;

export type Role = (typeof ROLES)[number];

/** Sees how the service is, and nothing of who may do what. */
const VIEWER: readonly Permission[] = [
  "operation.read",
  "queue.read",
  "dead_letter.read",
  "degradation.read",
  "incident.read",
  "alert.read",
  "machine.read",
  "health.read",
];

/** Acts at three in the morning. Gives no credentials away. */
const OPERATOR: readonly Permission[] = [
  ...VIEWER,
  "operation.cancel",
  "dead_letter.resolve",
  "degradation.pin",
  "degradation.configure",
  "dependency.control",
  "incident.acknowledge",
  "alert.resolve",
];

/** Another service, which hands operations over and asks what became of them. */
const SERVICE: readonly string[] = [SUBMIT_PERMISSION, "operation.read"] satisfies (Permission | "operation.submit")[];

export const PERMISSIONS_OF_ROLE: Readonly<Record<Role, Principal["permissions"]>> = {
  viewer: VIEWER,
  operator: OPERATOR,
  service: SERVICE,
  admin: "*",
};
