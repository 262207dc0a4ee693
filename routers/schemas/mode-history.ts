import { z } from "zod";
import { MODES } from "../../machines/contracts/modes.ts";
import { causeSchema, wallTimeSchema } from "./common.ts";

export const historyInputSchema = z
  .strictObject({
    /** Wall times, both inclusive. */
    from: wallTimeSchema.exactOptional(),
    to: wallTimeSchema.exactOptional(),
    mode: z.enum(MODES).exactOptional(),
    order: z.enum(["newest", "oldest"]).exactOptional(),
    /** `next` of the page before. */
    after: z.string().max(256).exactOptional(),
    limit: z.int().min(1).max(1_000).exactOptional(),
  })
  .default({});

/** One change of one mode, or of the pin. */
const modeChangeSchema = z.object({
  eventId: z.string(),
  at: wallTimeSchema,
  trigger: z.string(),
  mode: z.enum([...MODES, "pin"]),
  dependency: z.string().exactOptional(),
  from: z.enum(MODES),
  to: z.enum(MODES),
  fromStep: z.string(),
  toStep: z.string(),
  cause: causeSchema,
});

export const historyPageSchema = z.object({
  rows: z.array(modeChangeSchema).readonly(),
  next: z.string().exactOptional(),
});
