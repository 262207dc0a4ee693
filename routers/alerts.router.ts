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
  list: procedure("alert.read", "GET /api/v4/alerts", "Newest first.", { reasons: ["invalid_cursor"] })
    .input(alertListInputSchema)
    .output(alertPageSchema)
    .query(({ ctx: { runtime }, input }) => runtime.alerts.list(input)),

  acknowledge: order(
    "alert.resolve",
    "POST /api/v4/alerts/{id}/acknowledge",
    "Somebody has seen it, and says what becomes of it.",
  )
    .input(alertActionInputSchema)
    .output(alertAnswerSchema)
    .mutation(({ ctx: { runtime, principal }, input: { id, reason } }) =>
      runtime.alerts.acknowledge(id, { reason, principal }),
    ),

  resolve: order("alert.resolve", "POST /api/v4/alerts/{id}/resolve", "It is over. Raised again, it is a new one.")
    .input(alertActionInputSchema)
    .output(alertAnswerSchema)
    .mutation(({ ctx: { runtime, principal }, input: { id, reason } }) =>
      runtime.alerts.resolve(id, { reason, principal }),
    ),

  watch: procedure(
    "alert.read",
    "GET /api/v4/alerts/watch",
    "Every change of every alert. Goes on after the last one received when a connection was lost.",
    { events: alertChangeSchema },
  )
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
