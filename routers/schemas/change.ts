import { z } from "zod";
import { MODES } from "../../machines/contracts/modes.ts";
import { causeSchema, wallTimeSchema } from "./common.ts";

/** One transition of one machine, or word that some were not received. */
export const changeSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("transition"),
    at: wallTimeSchema,
    machine: z.string(),
    from: z.string(),
    to: z.string(),
    event: z.string(),
    /** The edge that was taken, as in the machine's definition; absent where a crash or a birth moved it. */
    edge: z.string().exactOptional(),
    cause: causeSchema,
    /** The most severe mode in force once everybody has heard of it. */
    currentMode: z.enum(MODES),
    explanation: z.string(),
  }),
  z.object({ kind: z.literal("missed"), missed: z.number(), explanation: z.string() }),
]);

export type WireChange = z.output<typeof changeSchema>;
