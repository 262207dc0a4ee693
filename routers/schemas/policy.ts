import { z } from "zod";
import { BREAKER_STATES } from "../../machines/contracts/breaker.ts";
import { MODES } from "../../machines/contracts/modes.ts";
import { PRIORITIES } from "../../machines/contracts/priority.ts";
import { causeSchema, wallTimeSchema } from "./common.ts";
import { pinSchema } from "./degradation-actions.ts";

const decisionSchema = z.enum(["run", "queue", "refuse"]);

const modeInForceSchema = z.object({
  mode: z.enum(MODES),
  dependency: z.string().exactOptional(),
  step: z.string(),
  since: wallTimeSchema,
  cause: causeSchema,
});

/** What becomes of an operation that arrives now: the snapshot that every submit and call reads. */
export const policySchema = z.object({
  /** Grows by one with every published policy. */
  revision: z.number(),
  modes: z.array(modeInForceSchema).readonly(),
  pin: pinSchema.exactOptional(),
  yielded: z.array(modeInForceSchema).readonly().exactOptional(),
  byPriority: z.record(z.enum(PRIORITIES), decisionSchema),
  priorityCause: causeSchema.exactOptional(),
  dependencies: z.record(
    z.string(),
    z.object({
      state: z.enum([...BREAKER_STATES, "ownerless"]),
      generation: z.number(),
      decision: decisionSchema,
      cause: causeSchema,
      nextProbeAt: wallTimeSchema.exactOptional(),
      backlogShare: z.number(),
    }),
  ),
  concurrencyFactor: z.number(),
  batchFactor: z.number(),
  attemptTimeoutFactor: z.number(),
});
