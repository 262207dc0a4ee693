import { z } from "zod";
import { causeSchema, errorSummarySchema } from "./common.ts";

const completed = z.union([
  z.object({
    status: z.literal("completed"),
    operationId: z.string(),
    value: z.unknown(),
    valueOmitted: z.literal(false),
    source: z.enum(["execution", "fallback"]),
  }),
  z.object({
    status: z.literal("completed"),
    operationId: z.string(),
    valueOmitted: z.literal(true),
    source: z.literal("execution"),
  }),
]);

const queued = z.object({
  status: z.literal("queued"),
  operationId: z.string(),
  because: z.enum(["policy", "lane", "limit", "slow", "retrying", "requested"]),
  cause: causeSchema.exactOptional(),
});

const refused = z.object({
  status: z.literal("refused"),
  reason: z.enum([
    "invalid_input",
    "input_too_large",
    "unknown_operation",
    "forbidden",
    "idempotency_key_reused",
    "unavailable",
    "shed",
    "overloaded",
    "queue_full",
    "storage_full",
    "storage_lost",
    "storage_unavailable",
    "stopping",
  ]),
  message: z.string(),
  retryable: z.boolean(),
  retryAfterSeconds: z.number(),
  path: z.string().exactOptional(),
  cause: causeSchema.exactOptional(),
});

const failed = z.object({
  status: z.literal("failed"),
  operationId: z.string(),
  effect: z.enum(["none", "unknown"]),
  error: errorSummarySchema,
  /** Whose failure it was, where it was that of a dependency. */
  dependency: z.string().exactOptional(),
});

/** An `Outcome` as it travels: the same union, its error as data. */
export const outcomeSchema = z.union([completed, queued, refused, failed]);

export type WireOutcome = z.output<typeof outcomeSchema>;
