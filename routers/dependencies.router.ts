import { z } from "zod";
import { HoldfastError } from "../src/errors.ts";
import { dependencyStatuses } from "./degradation-status.ts";
import { reasonSchema } from "./schemas/common.ts";
import { dependencyStatusSchema } from "./schemas/degradation-status.ts";
import { order, procedure, router } from "./trpc.ts";

const nameSchema = z.string().min(1).max(256);

/** What the service leans on, and a person's hand on each breaker. */
export const dependenciesRouter = router({
  list: procedure(
    "degradation.read",
    "GET /api/v4/dependencies",
    "Every dependency: its breaker, its limit, what was measured.",
  )
    .output(z.array(dependencyStatusSchema))
    .query(({ ctx: { runtime } }) => dependencyStatuses(runtime.status())),

  get: procedure("degradation.read", "GET /api/v4/dependencies/{name}", "One dependency.")
    .input(z.strictObject({ name: nameSchema }))
    .output(dependencyStatusSchema)
    .query(({ ctx: { runtime }, input: { name } }) => {
      const all = dependencyStatuses(runtime.status());
      const found = all.find((dependency) => dependency.name === name);
      if (found === undefined)
        throw new HoldfastError(
          "not_found",
          `There is no such dependency; there are: ${all.map((each) => each.name).join(", ")}.`,
        );
      return found;
    }),

  reset: order(
    "dependency.control",
    "POST /api/v4/dependencies/{name}/reset",
    "Probes now, and gives a breaker that a person had taken back to itself. It closes only when a probe succeeds.",
    { reasons: ["unknown_dependency"] },
  )
    .input(z.strictObject({ name: nameSchema, reason: reasonSchema }))
    .output(z.object({ status: z.enum(["probing", "already_closed", "unavailable"]), state: z.string() }))
    .mutation(({ ctx: { runtime, principal }, input: { name, reason } }) =>
      runtime.degradation.resetDependency(name, { reason, principal }),
    ),

  order: order(
    "dependency.control",
    "POST /api/v4/dependencies/{name}/order",
    "Takes a breaker in hand: `force_open` calls nothing until `enable`; `disable` calls whatever fails.",
    { reasons: ["unknown_dependency"] },
  )
    .input(
      z.strictObject({ name: nameSchema, order: z.enum(["force_open", "disable", "enable"]), reason: reasonSchema }),
    )
    .output(z.object({ status: z.enum(["done", "unavailable"]), state: z.string() }))
    .mutation(({ ctx: { runtime, principal }, input: { name, order, reason } }) =>
      runtime.degradation.orderBreaker(name, order, { reason, principal }),
    ),

  acceptDrain: order(
    "dependency.control",
    "POST /api/v4/dependencies/{name}/accept-drain",
    "Takes the responsibility for a drain whose verification failed; it goes on filling.",
    { reasons: ["unknown_dependency"] },
  )
    .input(z.strictObject({ name: nameSchema, reason: reasonSchema }))
    .output(z.object({ status: z.enum(["accepted", "not_disputed", "unavailable"]) }))
    .mutation(({ ctx: { runtime, principal }, input: { name, reason } }) =>
      runtime.degradation.acceptDrain(name, { reason, principal }),
    ),
});
