import { z } from "zod";
import { MODES } from "../../machines/contracts/modes.ts";
import { wallTimeSchema } from "./common.ts";

export const liveSchema = z.object({ status: z.literal("alive") });

export const readinessSchema = z.object({
  /** Degraded is ready: work is taken, and nothing of it is lost. */
  ready: z.boolean(),
  status: z.enum(["ready", "degraded", "starting", "stopping", "storage_lost"]),
  modes: z.array(z.enum(MODES)).readonly(),
});

export const healthSummarySchema = z.object({
  /** `critical`: one issue is, or three kinds of issue come together. */
  status: z.enum(["healthy", "degraded", "critical"]),
  issues: z
    .array(
      z.object({
        /** Its kind: `breaker_open`, `dead_letters`, `person_called`. */
        code: z.string(),
        severity: z.enum(["degraded", "critical"]),
        subject: z.string().exactOptional(),
        what: z.string(),
        since: wallTimeSchema.exactOptional(),
        recommendation: z.string(),
      }),
    )
    .readonly(),
  /** What could not be judged, because nothing was measured: neither good nor bad news. */
  unmeasured: z.array(z.string()).readonly(),
});
