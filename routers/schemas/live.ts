import { z } from "zod";
import { prioritySchema, wallTimeSchema } from "./common.ts";

/** One second of the service. Lengths are milliseconds. */
export const liveSampleSchema = z.object({
  at: wallTimeSchema,
  overMs: z.number(),
  accepted: z.number(),
  completed: z.number(),
  failed: z.number(),
  dead: z.number(),
  waiting: z.number(),
  running: z.number(),
  /** From submit to end, of the priorities of which something ended. */
  latency: z
    .array(z.object({ priority: prioritySchema, ended: z.number(), p50Ms: z.number(), p99Ms: z.number() }))
    .readonly(),
});

/** One second as it has passed, or word that some were not received. */
export const liveItemSchema = z.discriminatedUnion("kind", [
  liveSampleSchema.extend({ kind: z.literal("sample") }),
  z.object({ kind: z.literal("missed"), missed: z.number() }),
]);
