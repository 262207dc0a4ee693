import {
  laneInputSchema,
  lanePageSchema,
  laneRowsSchema,
  lanesInputSchema,
  queueStatusSchema,
} from "./schemas/queue.ts";
import { procedure, router } from "./trpc.ts";

/** What was accepted and has not ended: as a whole, and by lanes. One operation is found by `operations`. */
export const queueRouter = router({
  status: procedure(
    "queue.read",
    "GET /api/v4/queue/status",
    "How much waits, where, since when; how fast it comes and goes, and when it is full at this rate.",
  )
    .output(queueStatusSchema)
    .query(({ ctx: { runtime } }) => runtime.queue.status()),

  lanes: procedure(
    "queue.read",
    "GET /api/v4/queue/lanes",
    "Lanes by the state of their heads, and how many wait behind each. `parked`: behind a dead letter.",
    { reasons: ["invalid_cursor"] },
  )
    .input(lanesInputSchema)
    .output(lanePageSchema)
    .query(({ ctx: { runtime }, input }) => runtime.queue.lanes(input)),

  lane: procedure("queue.read", "GET /api/v4/queue/lane", "What waits in one lane, in order.", {
    reasons: ["invalid_cursor"],
  })
    .input(laneInputSchema)
    .output(laneRowsSchema)
    .query(({ ctx: { runtime }, input: { key, lane, ...page } }) =>
      runtime.queue.lane({ lane: key ?? lane ?? 0, ...page }),
    ),
});
