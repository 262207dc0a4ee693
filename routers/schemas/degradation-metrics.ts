import { z } from "zod";
import { MODES } from "../../machines/contracts/modes.ts";
import { wallTimeSchema } from "./common.ts";

/** The seed's metrics. Lengths are milliseconds. */
export const degradationMetricsSchema = z.object({
  currentMode: z.enum(MODES),
  timeInCurrentModeMs: z.number(),
  /** Observed time; several modes may be in force at once. */
  timeInModeMs: z.record(z.enum(MODES), z.number()),
  degradationEvents: z.number(),
  degradationEventsIn24h: z.number(),
  operationsProcessedWhileDegraded: z.number(),
  operationsQueued: z.number(),
  isQueueProcessing: z.boolean(),
  isAutoRecoveryOn: z.boolean(),
  nextHealthCheckAt: wallTimeSchema.exactOptional(),
});
