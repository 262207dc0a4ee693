import { z } from "zod";
import { ALERT_SEVERITIES, ALERT_STATUSES } from "../../src/alerts/alert.ts";
import { causeSchema, reasonSchema, wallTimeSchema } from "./common.ts";
import { afterSchema, nextSchema } from "./cursor.ts";

const actionSchema = z.object({ at: wallTimeSchema, by: z.string(), reason: z.string() });

export const alertSchema = z.object({
  id: z.number(),
  /** While one of a key is not resolved, no other is opened under it. */
  key: z.string(),
  severity: z.enum(ALERT_SEVERITIES),
  subject: z.string(),
  what: z.string(),
  status: z.enum(ALERT_STATUSES),
  openedAt: wallTimeSchema,
  lastSeenAt: wallTimeSchema,
  occurrences: z.number(),
  acknowledged: actionSchema.exactOptional(),
  resolved: actionSchema.exactOptional(),
  cause: causeSchema,
});

export const alertListInputSchema = z
  .strictObject({
    status: z.enum(ALERT_STATUSES).exactOptional(),
    after: afterSchema.exactOptional(),
    limit: z.int().min(1).max(1_000).exactOptional(),
  })
  .default({});

export const alertPageSchema = z.object({ rows: z.array(alertSchema).readonly(), next: nextSchema.exactOptional() });

export const alertActionInputSchema = z.strictObject({ id: z.int().min(1), reason: reasonSchema });

export const alertAnswerSchema = z.union([
  z.object({ status: z.enum(["acknowledged", "resolved", "already"]), alert: alertSchema }),
  z.object({ status: z.literal("not_open") }),
]);

/** One change of one alert, or word that some were not received. */
export const alertChangeSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("alert"),
    change: z.enum(["opened", "repeated", "acknowledged", "resolved"]),
    alert: alertSchema,
  }),
  z.object({ kind: z.literal("missed"), missed: z.number() }),
]);
