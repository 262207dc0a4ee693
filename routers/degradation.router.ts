import { z } from "zod";
import { degradationMetricsSchema } from "./schemas/degradation-metrics.ts";
import { degradationStatus } from "./degradation-status.ts";
import { changeOf } from "./change.ts";
import { follow } from "./follow.ts";
import { changeSchema } from "./schemas/change.ts";
import { followInputSchema } from "./schemas/common.ts";
import { explanationSchema } from "./schemas/explanation.ts";
import { historyInputSchema, historyPageSchema } from "./schemas/mode-history.ts";
import {
  configureAnswerSchema,
  configureInputSchema,
  monitoringAnswerSchema,
  pinAnswerSchema,
  pinInputSchema,
  releaseAnswerSchema,
  releaseInputSchema,
  switchAnswerSchema,
  switchInputSchema,
} from "./schemas/degradation-actions.ts";
import { degradationStatusSchema } from "./schemas/degradation-status.ts";
import { measurementsSchema } from "./schemas/measurements.ts";
import { policySchema } from "./schemas/policy.ts";
import { order, procedure, router } from "./trpc.ts";

/** How the service is, and why; and what persons can do about it. */
export const degradationRouter = router({
  status: procedure("degradation.read", "GET /api/v4/degradation/status", "How the service is, and why.")
    .output(degradationStatusSchema)
    .query(({ ctx: { runtime } }) => degradationStatus(runtime.status())),

  metrics: procedure(
    "degradation.read",
    "GET /api/v4/degradation/metrics",
    "Time in each mode, how often the service degraded, what it did meanwhile.",
  )
    .output(degradationMetricsSchema)
    .query(({ ctx: { runtime } }) => runtime.degradationMetrics()),

  policy: procedure(
    "degradation.read",
    "GET /api/v4/degradation/policy",
    "What becomes of an operation that arrives now, by priority and by dependency.",
  )
    .output(policySchema)
    .query(({ ctx: { runtime } }) => runtime.policy),

  measurements: procedure(
    "degradation.read",
    "GET /api/v4/degradation/measurements",
    "What the sensors measured last; null before the first reading and while nothing is monitored.",
  )
    .output(measurementsSchema.nullable())
    .query(({ ctx: { runtime } }) => runtime.measurements() ?? null),

  history: procedure(
    "degradation.read",
    "GET /api/v4/degradation/history",
    "Changes of the modes and of the pin, by time and mode, in pages.",
    { reasons: ["invalid_cursor"] },
  )
    .input(historyInputSchema)
    .output(historyPageSchema)
    .query(({ ctx: { runtime }, input }) => runtime.history(input)),

  explain: procedure(
    "degradation.read",
    "GET /api/v4/degradation/explain",
    "Why: of an operation, a transition (`transition:12`), an alert (`alert:3`), or of what is in force (`now`).",
  )
    .input(
      z.strictObject({
        target: z
          .string()
          .min(1)
          .max(256)
          .meta({ examples: ["now", "transition:1"] }),
      }),
    )
    .output(explanationSchema.nullable())
    .query(async ({ ctx: { runtime }, input: { target } }) => (await runtime.explain(target)) ?? null),

  pin: order(
    "degradation.pin",
    "POST /api/v4/degradation/force-mode",
    "Forces a mode until it is released or its time is over.",
    { reasons: ["invalid_expiry"] },
  )
    .input(pinInputSchema)
    .output(pinAnswerSchema)
    .mutation(({ ctx: { runtime, principal }, input: { mode, ...options } }) =>
      runtime.degradation.pin(mode, { ...options, principal }),
    ),

  release: order(
    "degradation.pin",
    "POST /api/v4/degradation/release-mode",
    "Ends the pin; with `expected`, only the pin of that revision.",
  )
    .input(releaseInputSchema)
    .output(releaseAnswerSchema)
    .mutation(({ ctx: { runtime, principal }, input }) => runtime.degradation.release({ ...input, principal })),

  configure: order(
    "degradation.configure",
    "PATCH /api/v4/degradation/triggers/{trigger}",
    "Changes thresholds and dwells of a trigger while the service runs.",
    { reasons: ["unknown_trigger", "invalid_setting", "invalid_threshold"] },
  )
    .input(configureInputSchema)
    .output(configureAnswerSchema)
    .mutation(({ ctx: { runtime, principal }, input: { trigger, change, reason } }) =>
      runtime.degradation.configure(trigger, change, { reason, principal }),
    ),

  switchAutoRecovery: order(
    "degradation.configure",
    "POST /api/v4/degradation/auto-recovery",
    "Off: no remedy is tried, a person is called when one is due.",
  )
    .input(switchInputSchema)
    .output(switchAnswerSchema)
    .mutation(({ ctx: { runtime, principal }, input: { enabled, reason } }) =>
      runtime.degradation.switchAutoRecovery(enabled, { reason, principal }),
    ),

  switchMonitoring: order(
    "degradation.configure",
    "POST /api/v4/degradation/monitoring",
    "Starts or stops the sensors. While they are stopped triggers are `unknown`: what is raised stays raised.",
  )
    .input(switchInputSchema)
    .output(monitoringAnswerSchema)
    .mutation(({ ctx: { runtime, principal }, input: { enabled, reason } }) =>
      runtime.degradation.switchMonitoring(enabled, { reason, principal }),
    ),

  watch: procedure(
    "degradation.read",
    "GET /api/v4/degradation/watch",
    "Every transition as it happens, explained. Goes on after the last one received when a connection was lost.",
    { events: changeSchema },
  )
    .input(followInputSchema)
    .subscription(({ ctx: { runtime }, input: { lastEventId }, signal }) =>
      follow(runtime.feeds.transitions, changeOf, lastEventId, signal),
    ),
});
