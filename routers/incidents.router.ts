import { z } from "zod";
import { HoldfastError } from "../src/errors.ts";
import type { Runtime } from "../src/runtime.ts";
import { acknowledgeIncidentAnswerSchema, acknowledgeIncidentInputSchema } from "./schemas/degradation-actions.ts";
import { conditionIdSchema, type DetailedIncident, detailedIncidentSchema } from "./schemas/incident.ts";
import { order, procedure, router } from "./trpc.ts";

/** What is done about each condition, and whether a person is called. An incident ends when its condition is gone. */
export const incidentsRouter = router({
  list: procedure(
    "incident.read",
    "GET /api/v4/incidents",
    "The incident of every condition: where its ladder stands, what was tried, whether a person is called.",
  )
    .output(z.array(detailedIncidentSchema).readonly())
    .query(({ ctx: { runtime } }) => incidentsOf(runtime)),

  get: procedure("incident.read", "GET /api/v4/incidents/{condition}", "The incident of one condition.")
    .input(z.strictObject({ condition: conditionIdSchema }))
    .output(detailedIncidentSchema)
    .query(({ ctx: { runtime }, input: { condition } }) => {
      const all = incidentsOf(runtime);
      const found = all.find(({ id }) => id === condition);
      if (found === undefined)
        throw new HoldfastError(
          "not_found",
          `There is no such condition; there are: ${all.map(({ id }) => id).join(", ")}.`,
        );
      return found;
    }),

  acknowledge: order(
    "incident.acknowledge",
    "POST /api/v4/incidents/{condition}/acknowledge",
    "Takes over the incident of a condition: nobody is called about it any more.",
    { reasons: ["unknown_condition"] },
  )
    .input(acknowledgeIncidentInputSchema)
    .output(acknowledgeIncidentAnswerSchema)
    .mutation(({ ctx: { runtime, principal }, input: { condition, reason } }) =>
      runtime.degradation.acknowledge(condition, { reason, principal }),
    ),
});

const QUIET = "quiet";

function incidentsOf(runtime: Runtime): DetailedIncident[] {
  const deadlines = new Map(runtime.machines.actors().map(({ id, deadline }) => [id, deadline]));
  return runtime.status().control.incidents.map((incident) => {
    const { condition, dependency, state } = incident;
    const id = dependency === undefined ? condition : `${condition}:${dependency}`;
    const nextAt = deadlines.get(`incident:${id}`);
    return {
      id,
      ...incident,
      isOpen: state !== QUIET,
      paged: state === "paged",
      acknowledged: state === "acknowledged",
      ...(nextAt === undefined ? {} : { nextAt }),
    };
  });
}
