import { z } from "zod";
import { reasonSchema, wallTimeSchema } from "./common.ts";

export const backupInputSchema = z.strictObject({ reason: reasonSchema });

/** A copy of the journal that was checked after it was written. */
export const backupAnswerSchema = z.object({
  /** Its name, in the folder that the operator has chosen; where that is, is not told. */
  name: z.string(),
  at: wallTimeSchema,
  bytes: z.number(),
  tookMs: z.number(),
  /** Rows of each table, counted in the copy: as many as in the journal at that moment. */
  rows: z.record(z.string(), z.number()),
});
