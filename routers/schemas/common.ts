import { z } from "zod";
import type { Cause } from "../../machines/contracts/cause.ts";
import { PRIORITIES } from "../../machines/contracts/priority.ts";
import { afterSchema } from "./cursor.ts";

/*
 * Wire schemas. Outputs are validated like inputs: what a schema does not name does not leave the process.
 */

/** A value beside a cause. A number that JSON does not have is told as text rather than failing the whole answer. */
export const causeValueSchema = z.union([
  z.string(),
  z.number(),
  z.boolean(),
  z
    .unknown()
    .transform((value) => String(value))
    .pipe(z.string()),
]);

/** Who or what led to something, and what led to that. */
export const causeSchema: z.ZodType<Cause> = z.object({
  actor: z.string(),
  what: z.string(),
  values: z.record(z.string(), causeValueSchema).exactOptional(),
  because: z.lazy(() => causeSchema).exactOptional(),
});

export const prioritySchema = z.enum(PRIORITIES);

/** Wall time, milliseconds since 1970. */
export const wallTimeSchema = z.number();

export const errorSummarySchema = z.object({ code: z.string(), message: z.string(), retryable: z.boolean() });

export const operationIdSchema = z.string().min(1).max(128);

/** Why a person does something; kept in the audit. */
export const reasonSchema = z.string().trim().min(1, "say why: the reason is kept in the audit").max(500);

/** `after`: the `next` of the page before. */
export const pageInputSchema = z.strictObject({
  after: afterSchema.exactOptional(),
  limit: z.int().min(1).max(1_000).exactOptional(),
});

/** `lastEventId`: of the last item received, by whoever comes back. tRPC's clients fill it in. */
export const followInputSchema = z.strictObject({ lastEventId: z.string().max(64).nullish() }).default({});
