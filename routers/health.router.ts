import { healthSummarySchema, liveSchema, readinessSchema } from "./schemas/health.ts";
import { procedure, router } from "./trpc.ts";

/** Whether it lives, takes work, and is well. Probes that have no token ask `/livez` and `/readyz`. */
export const healthRouter = router({
  live: procedure("health.read", "GET /api/v4/health/live", "It answers, so it lives.")
    .output(liveSchema)
    .query(() => ({ status: "alive" as const })),

  ready: procedure(
    "health.read",
    "GET /api/v4/health/ready",
    "Whether work may be sent here, and in which modes it is.",
  )
    .output(readinessSchema)
    .query(({ ctx: { runtime } }) => runtime.readiness()),

  summary: procedure(
    "health.read",
    "GET /api/v4/health/summary",
    "Healthy, degraded or critical: why, by measured facts, and what to do about each.",
  )
    .output(healthSummarySchema)
    .query(({ ctx: { runtime } }) => runtime.health()),
});
