import { z } from "zod";
import { causeValueSchema, wallTimeSchema } from "./common.ts";

const causeValuesSchema = z.record(z.string(), causeValueSchema);

const explainedCauseSchema = z.object({
  at: wallTimeSchema.exactOptional(),
  actor: z.string(),
  what: z.string(),
  values: causeValuesSchema.exactOptional(),
  transition: z.number().exactOptional(),
  happened: z.string().exactOptional(),
});

const explainedStepSchema = z.object({
  at: wallTimeSchema.exactOptional(),
  step: z.string(),
  what: z.string(),
  causes: z.array(explainedCauseSchema).readonly(),
});

/** Why something is so, as data and as sentences. */
export const explanationSchema = z.object({
  target: z.string(),
  kind: z.enum(["operation", "alert", "transition", "now", "outcome"]),
  title: z.string(),
  steps: z.array(explainedStepSchema).readonly(),
  lines: z.array(z.string()).readonly(),
});
