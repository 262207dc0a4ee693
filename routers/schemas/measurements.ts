import { z } from "zod";
import { wallTimeSchema } from "./common.ts";

/** What the sensors measured last. Null: nothing to measure, or the sensor failed; never "healthy". */
export const measurementsSchema = z.object({
  at: wallTimeSchema,
  memory: z
    .object({ heap: z.number(), process: z.number(), container: z.number().nullable(), usage: z.number() })
    .nullable(),
  errorRate: z.number().nullable(),
  errorRateByCode: z.record(z.string(), z.number()),
  responseTimeMs: z.object({ p50: z.number(), p95: z.number(), p99: z.number() }).nullable(),
  eventLoop: z.object({ delayP99Ms: z.number(), utilization: z.number() }).nullable(),
  queue: z
    .object({
      depth: z.number(),
      unexplainedDepth: z.number(),
      readmittedDepth: z.number(),
      oldestWaitingMs: z.number().nullable(),
    })
    .nullable(),
  slowOperations: z.number().nullable(),
  connectionFailureRate: z.record(z.string(), z.number().nullable()),
});
