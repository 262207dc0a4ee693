import { z } from "zod";
import { TRIGGER_STATES } from "../../machines/contracts/triggers.ts";
import { causeSchema, wallTimeSchema } from "./common.ts";
import { triggerDefinitionSchema } from "./degradation-actions.ts";

/** One trigger: what it measures, against which thresholds, and where its dwell stands. */
export const triggerSchema = z.object({
  /** The id of its condition: `memory_exhaustion`, `connection_failures:graph`. */
  trigger: z.string(),
  state: z.enum(TRIGGER_STATES),
  since: wallTimeSchema,
  /** Its sensor's last word was that it failed. */
  failed: z.boolean(),
  raised: z.boolean(),
  raisedAt: wallTimeSchema.exactOptional(),
  raisedCause: causeSchema.exactOptional(),
  cause: causeSchema,
  value: z.number().exactOptional(),
  definition: triggerDefinitionSchema,
  /** When the dwell under way ends. */
  deadline: wallTimeSchema.exactOptional(),
  /** 1, and twice as much with each flap up to 8: multiplies the leave dwell. */
  dwellFactor: z.number(),
});
