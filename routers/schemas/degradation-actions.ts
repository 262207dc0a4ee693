import { z } from "zod";
import { MODES } from "../../machines/contracts/modes.ts";
import { reasonSchema, wallTimeSchema } from "./common.ts";

/* What persons ask of the control plane, and what they are answered. */

export const pinSchema = z.object({
  mode: z.enum(MODES),
  owner: z.string(),
  reason: z.string(),
  since: wallTimeSchema,
  until: wallTimeSchema,
  revision: z.number(),
});

const unavailable = z.object({ status: z.literal("unavailable") });
const conflict = z.object({ status: z.literal("conflict"), pin: pinSchema.nullable() });

export const pinInputSchema = z.strictObject({
  mode: z.enum(MODES),
  reason: reasonSchema,
  /** Milliseconds from now until it ends by itself. */
  forMs: z.number().meta({ examples: [1_800_000] }),
  /** The revision of the pin that it may replace. Without it none may be held. */
  replaces: z.int().min(0).exactOptional(),
});

export const pinAnswerSchema = z.discriminatedUnion("status", [
  z.object({ status: z.literal("pinned"), pin: pinSchema }),
  conflict,
  unavailable,
]);

export const releaseInputSchema = z.strictObject({
  reason: reasonSchema,
  /** Only the pin of this revision. */
  expected: z.int().min(0).exactOptional(),
});

export const releaseAnswerSchema = z.discriminatedUnion("status", [
  z.object({ status: z.literal("released") }),
  conflict,
  unavailable,
]);

export const triggerDefinitionSchema = z.object({
  enter: z.number(),
  exit: z.number(),
  enterDwellMs: z.number(),
  leaveDwellMs: z.number(),
});

export const configureInputSchema = z.strictObject({
  /** The id of its condition: `memory_exhaustion`, `connection_failures:graph`. */
  trigger: z
    .string()
    .min(1)
    .max(256)
    .meta({ examples: ["memory_exhaustion"] }),
  reason: reasonSchema,
  change: triggerDefinitionSchema
    .partial()
    .strict()
    .meta({ examples: [{ leaveDwellMs: 60_000 }] }),
});

export const configureAnswerSchema = z.discriminatedUnion("status", [
  z.object({ status: z.literal("configured"), trigger: z.string(), definition: triggerDefinitionSchema }),
  unavailable,
]);

export const switchInputSchema = z.strictObject({ enabled: z.boolean(), reason: reasonSchema });

export const switchAnswerSchema = z.object({ status: z.enum(["enabled", "disabled", "unavailable"]) });

export const acknowledgeIncidentInputSchema = z.strictObject({
  /** `dependency_unavailable:graph`, `memory_exhaustion`. */
  condition: z.string().min(1).max(256),
  reason: reasonSchema,
});

export const acknowledgeIncidentAnswerSchema = z.object({
  status: z.enum(["acknowledged", "not_paged", "unavailable"]),
});

export const monitoringAnswerSchema = z.object({ status: z.enum(["started", "stopped"]) });
