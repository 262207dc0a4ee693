import { z } from "zod";
import { errorSummarySchema, prioritySchema, wallTimeSchema } from "./common.ts";
import { nextSchema } from "./cursor.ts";

const WAITING_STATES = ["ready", "scheduled", "blocked", "running", "closing", "held", "dead"] as const;

/** The states that can be listed: those of operations that have not ended. */
export const waitingStateSchema = z.enum(WAITING_STATES);

export const operationStateSchema = z.enum([
  ...WAITING_STATES,
  "parked",
  "completed",
  "failed",
  "cancelled",
  "expired",
  "discarded",
]);

export const operationViewSchema = z.object({
  operationId: z.string(),
  sequence: z.number(),
  name: z.string(),
  version: z.number(),
  state: operationStateSchema,
  priority: prioritySchema.exactOptional(),
  principal: z.string().exactOptional(),
  acceptedAt: wallTimeSchema.exactOptional(),
  expiresAt: wallTimeSchema.exactOptional(),
  dueAt: wallTimeSchema.exactOptional(),
  endedAt: wallTimeSchema.exactOptional(),
  attempts: z.number().exactOptional(),
  interruptions: z.number().exactOptional(),
  incarnation: z.number().exactOptional(),
  error: errorSummarySchema.exactOptional(),
});

export const operationPageSchema = z.object({
  rows: z.array(operationViewSchema).readonly(),
  next: nextSchema.exactOptional(),
});

export const endedInputSchema = z
  .strictObject({
    from: wallTimeSchema.exactOptional(),
    to: wallTimeSchema.exactOptional(),
    after: z.string().max(64).exactOptional(),
    limit: z.int().min(1).max(1_000).exactOptional(),
  })
  .default({});

export const endedPageSchema = z.object({
  rows: z.array(operationViewSchema).readonly(),
  next: z.string().exactOptional(),
});

/** An operation that this runtime executes. */
export const operationDefinitionSchema = z.object({
  name: z.string(),
  version: z.number(),
  dependsOn: z.array(z.string()).readonly(),
  priority: prioritySchema,
  permission: z.string(),
  /** Waits on disk when it cannot run now; false: it is refused then. */
  queueable: z.boolean(),
  /** Its operations are executed in order, by key. */
  isOrdered: z.boolean(),
  isBatched: z.boolean(),
  answerWithinMs: z.number(),
  attemptTimeoutMs: z.number(),
  expiresAfterMs: z.number(),
  onDeadLetter: z.enum(["park", "skip"]),
});

/** An `OperationResult` as it travels. */
export const operationResultSchema = z.union([
  z.object({ status: z.literal("pending"), operationId: z.string(), state: operationStateSchema }),
  z.object({
    status: z.literal("completed"),
    operationId: z.string(),
    value: z.unknown(),
    valueOmitted: z.literal(false),
  }),
  z.object({ status: z.literal("completed"), operationId: z.string(), valueOmitted: z.literal(true) }),
  z.object({ status: z.literal("failed"), operationId: z.string(), error: errorSummarySchema }),
  z.object({ status: z.enum(["cancelled", "expired", "discarded"]), operationId: z.string() }),
  z.object({ status: z.literal("unknown"), operationId: z.string() }),
]);
