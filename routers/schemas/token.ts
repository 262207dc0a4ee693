import { z } from "zod";
import { ROLES } from "../../src/security/access/roles.ts";
import { prioritySchema, reasonSchema, wallTimeSchema } from "./common.ts";
import { nextSchema } from "./cursor.ts";

const permissionsSchema = z.union([z.literal("*"), z.array(z.string()).readonly()]);

export const tokenSchema = z.object({
  id: z.number(),
  kind: z.enum(["development", "person", "service", "session"]),
  /** Who acts by it is `token <name>` in the audit. */
  name: z.string(),
  permissions: permissionsSchema,
  highestPriority: prioritySchema.exactOptional(),
  createdAt: wallTimeSchema,
  createdBy: z.string(),
  reason: z.string(),
  expiresAt: wallTimeSchema.exactOptional(),
  revoked: z.object({ at: wallTimeSchema, by: z.string(), reason: z.string() }).exactOptional(),
  /** Of a session: the token that it was signed in with. */
  parent: z.number().exactOptional(),
});

export const tokenPageSchema = z.object({
  rows: z
    .array(
      tokenSchema.extend({
        status: z.enum(["live", "expired", "revoked"]),
        /** Absent when it was not used since the process began. */
        lastUsedAt: wallTimeSchema.exactOptional(),
      }),
    )
    .readonly(),
  next: nextSchema.exactOptional(),
});

const wishSchema = {
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/),
  kind: z.enum(["person", "service"]).exactOptional(),
  highestPriority: prioritySchema.exactOptional(),
  expiresAt: z.int().min(0).exactOptional(),
  forMs: z.int().min(1).exactOptional(),
  reason: reasonSchema,
};

export const createTokenInputSchema = z.union([
  z.strictObject({ ...wishSchema, role: z.enum(ROLES) }),
  z.strictObject({ ...wishSchema, permissions: z.array(z.string().min(1).max(128)).min(1).max(100) }),
]);

/** `secret` is told here and never again. */
export const createdTokenSchema = z.object({ secret: z.string(), token: tokenSchema });

export const revokeTokenInputSchema = z.strictObject({ id: z.int().min(1), reason: reasonSchema });

export const revokeTokenAnswerSchema = z.union([
  z.object({ status: z.literal("revoked"), token: tokenSchema }),
  z.object({ status: z.literal("not_live") }),
]);
