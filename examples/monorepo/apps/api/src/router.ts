import { recordReading } from "@kitchen/contracts";
import { initTRPC, TRPCError } from "@trpc/server";
import { appRouter, type Context, errorShape } from "holdfast/routers";
import type { Kitchen } from "./kitchen.ts";

/** What our own procedures need, besides what Holdfast's need. */
export interface KitchenContext extends Context {
  readonly kitchen: Kitchen;
}

const t = initTRPC.context<KitchenContext>().create({
  // Both tell errors in one form.
  errorFormatter: ({ error, path, ctx }) => errorShape(error, { path, requestId: ctx?.requestId }),
});

const readingsRouter = t.router({
  record: t.procedure
    .input(recordReading.input)
    .mutation(({ ctx, input }) => ctx.runtime.submit(ctx.kitchen.record, input, { principal: ctx.principal })),

  latest: t.procedure.input(recordReading.input.pick({ equipmentId: true })).query(async ({ ctx, input }) => {
    const outcome = await ctx.runtime.submit(ctx.kitchen.latest, input, { principal: ctx.principal });
    if (outcome.status === "completed" && !outcome.valueOmitted) return outcome.value;
    throw new TRPCError({ code: "SERVICE_UNAVAILABLE", message: "The graph cannot be read now; ask again." });
  }),
});

/** Ours and Holdfast's in one: a client calls `readings.latest` and `holdfast.degradation.status`. */
export const kitchenRouter = t.router({ readings: readingsRouter, holdfast: appRouter });

export type KitchenRouter = typeof kitchenRouter;
