import { z } from "zod";
import { REMEDIES, REMEDY_RESULTS } from "../../machines/contracts/recovery-events.ts";
import { causeSchema, wallTimeSchema } from "./common.ts";

/** The incident of one condition: where its ladder stands, and what was tried. */
export const incidentSchema = z.object({
  condition: z.string(),
  dependency: z.string().exactOptional(),
  state: z.string(),
  since: wallTimeSchema,
  /** Remedies that did not help since the condition was last away. */
  attempts: z.number(),
  /** The remedy at work, or whose turn is next. */
  rung: z.string().exactOptional(),
  /** Every remedy for this condition, in order; after the last a person is called. */
  ladder: z.array(z.string()).readonly(),
  /** The last remedies, oldest first. None says that it helped before its condition was gone. */
  remedies: z
    .array(
      z.object({
        remedy: z.enum(REMEDIES),
        startedAt: wallTimeSchema,
        endedAt: wallTimeSchema.nullable(),
        result: z.enum(REMEDY_RESULTS),
        detail: z.string(),
      }),
    )
    .readonly(),
  cause: causeSchema,
});

/** `dependency_unavailable:graph`, `memory_exhaustion`. */
export const conditionIdSchema = z.string().min(1).max(256);

/** As `degradation.status` tells it, and what a person in charge of it needs. */
export const detailedIncidentSchema = incidentSchema.extend({
  /** The id of its condition, which orders take. */
  id: z.string(),
  /** Its condition is raised, or was a moment ago. */
  isOpen: z.boolean(),
  /** A person is called, and has not answered. */
  paged: z.boolean(),
  acknowledged: z.boolean(),
  /** When it looks again, or acts. */
  nextAt: wallTimeSchema.exactOptional(),
});

export type DetailedIncident = z.output<typeof detailedIncidentSchema>;
