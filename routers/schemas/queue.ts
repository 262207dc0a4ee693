import { z } from "zod";
import { afterSchema, nextSchema } from "./cursor.ts";
import { operationPageSchema, operationViewSchema } from "./operation.ts";

export const queueCountsSchema = z.object({
  ready: z.number(),
  scheduled: z.number(),
  blocked: z.number(),
  running: z.number(),
  closing: z.number(),
  held: z.number(),
  dead: z.number(),
});

const limitSchema = z.enum(["rows", "bytes"]);

export const queueStatusSchema = z.object({
  counts: queueCountsSchema,
  /** Everything that is not running: what the limit on rows counts. */
  waitingRows: z.number(),
  waitingBytes: z.number(),
  freeDiskBytes: z.number(),
  pendingSubmits: z.number(),
  limits: z.object({
    maximumRows: z.number(),
    maximumBytes: z.number(),
    maximumPendingSubmits: z.number(),
    minimumFreeDiskBytes: z.number(),
  }),
  /** Operations that need the same dependencies. */
  pools: z
    .array(
      z.object({
        pool: z.string(),
        dependencies: z.array(z.string()).readonly(),
        counts: queueCountsSchema,
        bytes: z.number(),
      }),
    )
    .readonly(),
  oldestWaitingMs: z.number().nullable(),
  /** Measured over the last minute, or less; null in the first second of a process. */
  rates: z
    .object({
      overMs: z.number(),
      acceptedPerSecond: z.number(),
      endedPerSecond: z.number(),
      rowsPerSecond: z.number(),
      bytesPerSecond: z.number(),
    })
    .nullable(),
  /** Which limit is reached first at this rate, and when; null while the queue does not grow. */
  full: z.object({ what: limitSchema, inMs: z.number() }).nullable(),
});

export const laneStateSchema = z.enum(["ready", "scheduled", "running", "closing", "held", "parked"]);

export const lanesInputSchema = z.strictObject({
  /** The state of what stands at the head of the lane; `parked`: it waits behind a dead letter. */
  state: laneStateSchema,
  /** `next` of the page before. */
  after: afterSchema.exactOptional(),
  limit: z.int().min(1).max(200).exactOptional(),
});

/** A page may hold fewer rows than asked for, even none, and still name a next one. */
export const lanePageSchema = z.object({
  rows: z
    .array(
      z.object({
        /** The hash of the ordering key; the key itself is not kept. */
        lane: z.number(),
        state: laneStateSchema,
        head: operationViewSchema,
        /** How many wait behind the head; `countedTo`: that many or more. */
        behind: z.number(),
        countedTo: z.number(),
      }),
    )
    .readonly(),
  next: nextSchema.exactOptional(),
});

export const laneInputSchema = z
  .strictObject({
    /** The ordering key, `equipment:fryer-3` … */
    key: z.string().min(1).max(1_024).exactOptional(),
    /** … or its hash, as lists tell it. */
    lane: z.int().min(0).exactOptional(),
    after: afterSchema.exactOptional(),
    limit: z.int().min(1).max(1_000).exactOptional(),
  })
  .refine(({ key, lane }) => (key === undefined) !== (lane === undefined), "give either key or lane");

export const laneRowsSchema = operationPageSchema.extend({ lane: z.number() });
