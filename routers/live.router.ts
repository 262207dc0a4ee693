import { z } from "zod";
import { follow } from "./follow.ts";
import { followInputSchema } from "./schemas/common.ts";
import { liveItemSchema, liveSampleSchema } from "./schemas/live.ts";
import { procedure, router } from "./trpc.ts";

/** What charts show. */
export const liveRouter = router({
  recent: procedure("degradation.read", "GET /api/v4/live/recent", "The last ten minutes by the second, oldest first.")
    .output(z.object({ samples: z.array(liveSampleSchema).readonly() }))
    .query(({ ctx: { runtime } }) => ({ samples: runtime.live.recent })),

  watch: procedure(
    "degradation.read",
    "GET /api/v4/live/watch",
    "Throughput, queue and latency by priority, once a second, however much is going on.",
    { events: liveItemSchema },
  )
    .input(followInputSchema)
    .subscription(({ ctx: { runtime }, input: { lastEventId }, signal }) =>
      follow(
        runtime.live.feed,
        (item) =>
          liveItemSchema.parse("missed" in item ? { ...item, kind: "missed" } : { kind: "sample", ...item.change }),
        lastEventId,
        signal,
      ),
    ),
});
