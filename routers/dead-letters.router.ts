import { z } from "zod";
import { operationIdSchema, pageInputSchema, reasonSchema } from "./schemas/common.ts";
import { operationPageSchema } from "./schemas/operation.ts";
import { procedure, router } from "./trpc.ts";

const resolutionSchema = z.strictObject({ operationId: operationIdSchema, reason: reasonSchema });

/** Operations that need a person. */
export const deadLettersRouter = router({
  list: procedure("dead_letter.read", "GET /api/v4/dead-letters", "Oldest first.", { reasons: ["invalid_cursor"] })
    .input(pageInputSchema.default({}))
    .output(operationPageSchema)
    .query(({ ctx: { runtime }, input }) => runtime.deadLetters.list(input)),

  retry: procedure(
    "dead_letter.resolve",
    "POST /api/v4/dead-letters/{operationId}/retry",
    "Begins its next incarnation. `place` says where: in its old place, or at the end of a lane that went on without it.",
  )
    .input(resolutionSchema)
    .output(
      z.union([
        z.object({ status: z.literal("retried"), operationId: z.string(), place: z.enum(["same", "end"]) }),
        z.object({ status: z.literal("not_dead"), operationId: z.string() }),
      ]),
    )
    .mutation(({ ctx: { runtime, principal }, input: { operationId, reason } }) =>
      runtime.deadLetters.retry(operationId, { reason, principal }),
    ),

  discard: procedure(
    "dead_letter.resolve",
    "POST /api/v4/dead-letters/{operationId}/discard",
    "Ends it; its lane goes on.",
  )
    .input(resolutionSchema)
    .output(z.object({ status: z.enum(["discarded", "not_dead"]), operationId: z.string() }))
    .mutation(({ ctx: { runtime, principal }, input: { operationId, reason } }) =>
      runtime.deadLetters.discard(operationId, { reason, principal }),
    ),
});
