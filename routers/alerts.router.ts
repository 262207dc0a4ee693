import { follow } from "./follow.ts";
import {
  alertActionInputSchema,
  alertAnswerSchema,
  alertChangeSchema,
  alertListInputSchema,
  alertPageSchema,
} from "./schemas/alert.ts";
import { followInputSchema } from "./schemas/common.ts";
import { order, procedure, router } from "./trpc.ts";

/** What persons should know of. */
export const alertsRouter = router({
  /** Newest first. */
  list: procedure("alert.read")
    .input(alertListInputSchema)
    .output(alertPageSchema)
    .query(({ ctx: { runtime }, input }) => runtime.alerts.list(input)),

  /** Somebody has seen it, and says what becomes of it. */
  acknowledge: order("alert.resolve")
    .input(alertActionInputSchema)
    .output(alertAnswerSchema)
    .mutation(({ ctx: { runtime, principal }, input: { id, reason } }) =>
      runtime.alerts.acknowledge(id, { reason, principal }),
    ),

  /** It is over. Raised again, it is a new one. */
  resolve: order("alert.resolve")
    .input(alertActionInputSchema)
    .output(alertAnswerSchema)
    .mutation(({ ctx: { runtime, principal }, input: { id, reason } }) =>
      runtime.alerts.resolve(id, { reason, principal }),
    ),

  /** Every change of every alert. Goes on after the last one received when a connection was lost. */
  watch: procedure("alert.read")
    .input(followInputSchema)
    .subscription(({ ctx: { runtime }, input: { lastEventId }, signal }) =>
      follow(
        runtime.feeds.alerts,
        (item) =>
          alertChangeSchema.parse("missed" in item ? { ...item, kind: "missed" } : { kind: "alert", ...item.change }),
        lastEventId,
        signal,
      ),
    ),
});
