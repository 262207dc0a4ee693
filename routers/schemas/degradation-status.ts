import { z } from "zod";
import { BREAKER_STATES } from "../../machines/contracts/breaker.ts";
import { SERVICE_CONDITION_KINDS } from "../../machines/contracts/conditions.ts";
import { MODES } from "../../machines/contracts/modes.ts";
import { causeSchema, wallTimeSchema } from "./common.ts";
import { pinSchema } from "./degradation-actions.ts";
import { incidentSchema } from "./incident.ts";
import { measurementsSchema } from "./measurements.ts";
import { triggerSchema } from "./trigger.ts";

const modeSchema = z.enum(MODES);

export const ACTIVE_TRIGGERS = [
  "circuit_breaker_open",
  "connection_failures",
  ...SERVICE_CONDITION_KINDS,
  "manual_override",
] as const;

const modeInForceSchema = z.object({
  mode: modeSchema,
  dependency: z.string().exactOptional(),
  step: z.string(),
  since: wallTimeSchema,
  reason: z.string(),
  cause: causeSchema,
});

const failureSchema = z.object({ code: z.string(), message: z.string(), at: wallTimeSchema });

/** One dependency: what the policy says of it, and why. */
export const dependencyStatusSchema = z.object({
  name: z.string(),
  /** What the admission policy says: a breaker's state, or `ownerless`. */
  state: z.enum([...BREAKER_STATES, "ownerless"]),
  decision: z.enum(["run", "queue", "refuse"]),
  since: wallTimeSchema.exactOptional(),
  reason: z.string(),
  cause: causeSchema,
  nextProbeAt: wallTimeSchema.exactOptional(),
  probesFailed: z.number(),
  lastFailure: failureSchema.exactOptional(),
  consecutiveFailures: z.number(),
  windowCalls: z.number(),
  windowFailures: z.number(),
  inUse: z.number(),
  limit: z.number(),
  configuredLimit: z.number(),
  adapted: z.object({ limit: z.number(), what: z.string() }).exactOptional(),
});

/** The seed's status (current mode, since, triggers, operations queued), and what stands behind each of its words. */
export const degradationStatusSchema = z.object({
  phase: z.enum(["opened", "running", "storage_lost", "stopping", "stopped"]),
  /** The most severe mode in force. */
  currentMode: modeSchema,
  /** When it came into force; absent before the first. */
  since: wallTimeSchema.exactOptional(),
  activeTriggers: z.array(
    z.object({
      /** The kind of its condition; `circuit_breaker_open` for a lost dependency, `manual_override` for a pin. */
      trigger: z.enum(ACTIVE_TRIGGERS),
      dependency: z.string().exactOptional(),
      since: wallTimeSchema,
      reason: z.string(),
      cause: causeSchema,
    }),
  ),
  /** Accepted operations that wait to be executed: ready, scheduled, blocked. */
  operationsQueued: z.number(),
  /** Ended while a mode other than normal was in force, over all processes. */
  operationsProcessedWhileDegraded: z.number(),
  /** The earliest planned probe of a dependency that is not healthy. */
  nextHealthCheckAt: wallTimeSchema.exactOptional(),
  modes: z.array(modeInForceSchema),
  /** Held by a person; then `modes` is the pinned one alone, and `yielded` what would be in force without it. */
  pin: pinSchema.exactOptional(),
  pinState: z.enum(["free", "held", "expiring"]),
  yielded: z.array(modeInForceSchema).exactOptional(),
  triggers: z.array(triggerSchema).readonly(),
  isMonitoring: z.boolean(),
  measurements: measurementsSchema.exactOptional(),
  dependencies: z.array(dependencyStatusSchema),
  drains: z.array(
    z.object({
      dependency: z.string(),
      state: z.string(),
      since: wallTimeSchema,
      watermark: z.number().exactOptional(),
      open: z.number().exactOptional(),
    }),
  ),
  incidents: z.array(incidentSchema).readonly(),
  /** Off: no remedy is tried, a person is called when one is due. Null before the start. */
  autoRecovery: z.object({ enabled: z.boolean(), since: wallTimeSchema, cause: causeSchema }).nullable(),
  queue: z.object({
    ready: z.number(),
    scheduled: z.number(),
    blocked: z.number(),
    running: z.number(),
    closing: z.number(),
    held: z.number(),
    dead: z.number(),
    waitingBytes: z.number(),
    freeDiskBytes: z.number(),
  }),
  /** Operations ended by this process since its start. */
  ended: z.object({ completed: z.number(), replayed: z.number(), failed: z.number(), dead: z.number() }),
});

export type DegradationStatus = z.output<typeof degradationStatusSchema>;
