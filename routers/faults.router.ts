import { HoldfastError } from "../src/errors.ts";
import type { Context } from "./context.ts";
import type { DevelopmentFaults } from "./development-faults.ts";
import { faultSchema, faultsSchema, setFaultInputSchema } from "./schemas/fault.ts";
import { order, procedure, router } from "./trpc.ts";

/** In development only: what a newcomer does to the service to see the loop. Where the host gives none, not found. */
export const faultsRouter = router({
  list: procedure("fault.inject", "GET /api/v4/faults", "What can be done to this service, and what is being done.")
    .output(faultsSchema)
    .query(({ ctx }) => faultsOf(ctx.faults).list()),

  set: order("fault.inject", "POST /api/v4/faults/{id}", "Switches a fault on or off, or moves its slider.", {
    reasons: ["invalid_fault_value"],
  })
    .input(setFaultInputSchema)
    .output(faultSchema)
    .mutation(async ({ ctx, input: { id, on, value } }) => {
      const faults = faultsOf(ctx.faults);
      const known = (await faults.list()).find((fault) => fault.id === id);
      if (known === undefined) throw new HoldfastError("not_found", "There is no such fault; faults.list tells them.");
      const wanted = on ?? value ?? false;
      // What follows from it shall not look like an outage that nobody has made.
      const record = (outcome: string) =>
        ctx.runtime.recordAction({
          principal: ctx.principal.id,
          action: "set_fault",
          target: `fault:${id}`,
          reason: null,
          outcome,
          request: { wanted },
        });
      try {
        const fault = await faults.set(id, wanted);
        record("set");
        return fault;
      } catch (error) {
        record(error instanceof HoldfastError ? error.code : "failed");
        throw error;
      }
    }),
});

function faultsOf(faults: Context["faults"]): DevelopmentFaults {
  if (faults === undefined)
    throw new HoldfastError("not_found", "This server offers no faults; only one in development does.");
  return faults;
}
