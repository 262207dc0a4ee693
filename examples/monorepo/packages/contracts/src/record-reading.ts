import { z } from "zod";
import type { Contract } from "./contract.ts";

const reading = z.object({
  equipmentId: z.string().min(1),
  celsius: z.number().min(-60).max(400),
  at: z.iso.datetime(),
});

/** One thermometer, read once. */
export type Reading = z.infer<typeof reading>;

export const recordReading = { name: "reading.record", version: 1, input: reading } satisfies Contract<typeof reading>;
