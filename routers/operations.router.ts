import { z } from "zod";
import { DependencyError, summarizeError } from "../src/errors.ts";
import type { Outcome } from "../src/operations/outcome.ts";
import { ASKED_BY_OPERATION } from "./permissions.ts";
import { LONGEST_WAIT_MS } from "./preferences.ts";
import { operationIdSchema, pageInputSchema, prioritySchema, reasonSchema } from "./schemas/common.ts";
import {
  endedInputSchema,
  endedPageSchema,
  operationDefinitionSchema,
  operationPageSchema,
  operationResultSchema,
  operationViewSchema,
  waitingStateSchema,
} from "./schemas/operation.ts";
import { outcomeSchema, type WireOutcome } from "./schemas/outcome.ts";
import { procedure, router } from "./trpc.ts";

const waitSchema = z.int().min(0).max(LONGEST_WAIT_MS);

/** An error object does not survive JSON: its summary does. */
function toWire(outcome: Outcome): WireOutcome {
  if (outcome.status !== "failed") return outcome;
  const { error } = outcome;
  const whose = error instanceof DependencyError ? { dependency: error.dependency } : {};
  return { ...outcome, error: summarizeError(error), ...whose };
}

/** Submitting work and asking after it. */
export const operationsRouter = router({
  submit: procedure(
    ASKED_BY_OPERATION,
    "POST /api/v4/operations",
    "Executes an operation, or puts it on disk. Refusals and failures are values of the answer, not errors.",
    { reasons: ["definition_failed"] },
  )
    .input(
      z.strictObject({
        name: z.string().min(1).max(128),
        input: z.unknown().exactOptional(),
        /** Lowered to the most urgent that the principal may ask for. */
        priority: prioritySchema.exactOptional(),
        idempotencyKey: z.string().min(1).max(256).exactOptional(),
        /** How long to wait for the end before `queued` is answered. Milliseconds. */
        answerWithinMs: waitSchema.min(1).exactOptional(),
        /** True: does not wait at all. */
        enqueue: z.boolean().exactOptional(),
      }),
    )
    .output(outcomeSchema)
    .mutation(async ({ ctx: { runtime, principal, preferences }, input: { name, input, ...options } }) =>
      // The key of the headers is the journal's, which holds over restarts. What the input says counts.
      toWire(await runtime.submitByName(name, input, { ...preferences, ...options, principal })),
    ),

  definitions: procedure(
    "operation.read",
    "GET /api/v4/definitions",
    "Which operations this runtime executes, and what is asked for and promised of each.",
  )
    .output(z.array(operationDefinitionSchema).readonly())
    .query(({ ctx: { runtime } }) => {
      const { answerWithinMs, attemptTimeoutMs, expiresAfterMs } = runtime.config.operations;
      return runtime.operations.map((definition) => ({
        answerWithinMs,
        attemptTimeoutMs,
        expiresAfterMs,
        ...definition,
        dependsOn: Object.values(definition.dependsOn).map(({ name }) => name),
        isOrdered: definition.orderingKey !== undefined,
        isBatched: definition.maximumBatchItems > 1,
      }));
    }),

  get: procedure(
    "operation.read",
    "GET /api/v4/operations/{operationId}",
    "Where an operation is in its life; null for an unknown id.",
  )
    .input(z.strictObject({ operationId: operationIdSchema }))
    .output(operationViewSchema.nullable())
    .query(async ({ ctx: { runtime }, input: { operationId } }) => (await runtime.get(operationId)) ?? null),

  list: procedure(
    "operation.read",
    "GET /api/v4/operations",
    "Operations that have not ended, in one state, in order of acceptance.",
    { reasons: ["invalid_cursor"] },
  )
    .input(pageInputSchema.extend({ state: waitingStateSchema }))
    .output(operationPageSchema)
    .query(({ ctx: { runtime }, input }) => runtime.list(input)),

  ended: procedure(
    "operation.read",
    "GET /api/v4/operations/ended",
    "How operations ended, newest first, by the time of their ends.",
    { reasons: ["invalid_cursor"] },
  )
    .input(endedInputSchema)
    .output(endedPageSchema)
    .query(({ ctx: { runtime }, input }) => runtime.ended(input)),

  result: procedure(
    "operation.read",
    "GET /api/v4/operations/{operationId}/result",
    "How an operation ended; `pending` while it has not, after `waitMs` at the latest.",
  )
    .input(z.strictObject({ operationId: operationIdSchema, waitMs: waitSchema.exactOptional() }))
    .output(operationResultSchema)
    .query(({ ctx: { runtime }, input: { operationId, ...options } }) => runtime.result(operationId, options)),

  cancel: procedure(
    "operation.cancel",
    "POST /api/v4/operations/{operationId}/cancel",
    "Ends an operation that has not begun.",
  )
    .input(z.strictObject({ operationId: operationIdSchema, reason: reasonSchema }))
    .output(z.object({ status: z.enum(["cancelled", "closing", "running", "not_waiting"]), operationId: z.string() }))
    .mutation(({ ctx: { runtime, principal }, input: { operationId, reason } }) =>
      runtime.cancel(operationId, { reason, principal }),
    ),
});
