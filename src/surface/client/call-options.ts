import type { TRPCProcedureOptions } from "@trpc/client";
import type { HoldfastInputs } from "./client-types.ts";
import { HoldfastCallError } from "./call-error.ts";

/** What travels beside an input, in headers. Times are milliseconds. */
export interface CallOptions {
  /** Lowered to the most urgent that the token may ask for. */
  readonly priority?: NonNullable<HoldfastInputs["operations"]["submit"]["priority"]>;
  /** How long to wait for the end of an operation before `queued` is answered. */
  readonly answerWithinMs?: number;
  /** A mutation that was sent twice under one key is done once. */
  readonly idempotencyKey?: string;
  /** Names the request in the server's log: letters, digits, `.`, `_`, `-`. */
  readonly requestId?: string;
  readonly signal?: AbortSignal;
}

/**
 * The second argument of a call, typed.
 *
 * @example
 * await holdfast.operations.submit.mutate({ name, input }, callOptions({ priority: "high", idempotencyKey: id }));
 */
export const callOptions = ({ signal, ...context }: CallOptions): TRPCProcedureOptions => ({
  context,
  ...(signal !== undefined && { signal }),
});

const HEADERS = {
  priority: "holdfast-priority",
  answerWithinMs: "holdfast-answer-within-ms",
  idempotencyKey: "idempotency-key",
  requestId: "x-request-id",
} as const satisfies Record<Exclude<keyof CallOptions, "signal">, string>;

/** The headers of a call's context. */
export function headersOf(context: Readonly<Record<string, unknown>>): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [option, header] of Object.entries(HEADERS)) {
    const value = context[option];
    if (value === undefined) continue;
    const text = typeof value === "number" ? String(value) : value;
    if (typeof text !== "string" || !/^[\x21-\x7e]{1,256}$/.test(text))
      throw new HoldfastCallError(
        "invalid_option",
        `${option} is a number or up to 256 visible ASCII characters, as it travels in the header ${header}.`,
      );
    headers[header] = text;
  }
  return headers;
}
