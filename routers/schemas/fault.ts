import { z } from "zod";

export const faultIdSchema = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/);

const faultBase = {
  /** `graph.cut`, `load`. */
  id: faultIdSchema,
  title: z.string(),
  /** What it does, and what is to be seen then. */
  explanation: z.string(),
};

/** Something that a developer can do to the service, to see how it answers. */
export const faultSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("switch"), ...faultBase, on: z.boolean() }),
  z.object({
    kind: z.literal("slider"),
    ...faultBase,
    value: z.number(),
    minimum: z.number(),
    maximum: z.number(),
    step: z.number(),
    /** `ms`, `MiB`, `per second`. */
    unit: z.string(),
  }),
]);

export const faultsSchema = z.array(faultSchema).readonly();

/** `on` of a switch, `value` of a slider. */
export const setFaultInputSchema = z
  .strictObject({ id: faultIdSchema, on: z.boolean().exactOptional(), value: z.number().exactOptional() })
  .refine(({ on, value }) => (on === undefined) !== (value === undefined), "give either on or value");
