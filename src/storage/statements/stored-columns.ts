import { sql } from "kysely";

/** What is needed of a row that is changed without having been claimed: all but the input itself. */
export const storedColumns = [
  "sequence",
  "state",
  "pool",
  "priority",
  "definition",
  "lane",
  "attempts",
  "interruptions",
  "incarnation",
  "accepted_at",
  "expires_at",
  "key_until",
  "operation_id",
  "principal",
  "closing_target",
  "skipped_lane",
  "error",
] as const;

/** Bytes of UTF-8, without reading the overflow pages. */
export const inputBytes = sql<number>`octet_length(input)`.as("bytes");

export type StoredRow = [
  sequence: number,
  state: number,
  pool: number,
  priority: number,
  definition: number,
  lane: number | null,
  attempts: number,
  interruptions: number,
  incarnation: number,
  acceptedAt: number,
  expiresAt: number,
  keyUntil: number | null,
  operationId: string | null,
  principal: string,
  closingTarget: string | null,
  skippedLane: number | null,
  error: string | null,
  bytes: number,
];
