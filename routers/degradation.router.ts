import { degradationStatus } from "./degradation-status.ts";
import { degradationStatusSchema } from "./schemas/degradation-status.ts";
import { procedure, router } from "./trpc.ts";

/** How the service is, and why. */
export const degradationRouter = router({
  status: procedure("degradation.read")
    .output(degradationStatusSchema)
    .query(({ ctx: { runtime } }) => degradationStatus(runtime.status())),
});
