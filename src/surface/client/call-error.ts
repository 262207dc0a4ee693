import { TRPCClientError } from "@trpc/client";
import type { AppRouter, ErrorData } from "../../../routers/app.router.ts";

/** What went wrong before a Holdfast server could say anything about the call itself. */
export type ClientReason =
  /** Nobody answered: no network, no server, or a proxy that has lost its own. The call may not have arrived. */
  | "not_connected"
  /** Something answered, in a form that is not Holdfast's: most likely the url is wrong. */
  | "not_holdfast"
  /** A Holdfast server answered that it has no such procedure: client and server are of different versions. */
  | "version_mismatch"
  /** No token, or one that is wrong, expired or revoked. */
  | "unauthenticated"
  /** The token has characters that no header can carry. */
  | "invalid_token"
  /** An option has a value that no header can carry. */
  | "invalid_option"
  /** The caller's own signal ended it. */
  | "aborted";

export interface CallErrorOptions {
  readonly retryable?: boolean;
  readonly cause?: unknown;
  /** As the server sent it. */
  readonly said?: TRPCClientError<AppRouter>;
  readonly httpStatus?: number;
}

/**
 * What a call throws, and what `safe` gives: a stable `reason`, whether to try again, and a sentence for a person.
 * `reason` is the server's own (`forbidden`, `invalid_input`, …), or says why it could not be asked.
 */
export class HoldfastCallError<Reason extends string = string> extends TRPCClientError<AppRouter> {
  readonly reason: Reason | ClientReason;
  /** True when the same call may succeed later. One that changes something then needs an idempotency key. */
  readonly retryable: boolean;
  readonly httpStatus: number | undefined;
  /** Names the request in the server's log. */
  readonly requestId: string | undefined;
  /** For `invalid_input`: what is wrong, and where. */
  readonly issues: ErrorData["issues"];

  constructor(
    reason: Reason | ClientReason,
    message: string,
    { retryable = false, cause, said, httpStatus }: CallErrorOptions = {},
  ) {
    super(message, {
      ...(said?.shape == null ? {} : { result: { error: said.shape } }),
      ...(cause instanceof Error ? { cause } : {}),
      ...(said?.meta === undefined ? {} : { meta: said.meta }),
    });
    // tRPC's constructor makes every instance one of its own class.
    Object.setPrototypeOf(this, HoldfastCallError.prototype);
    this.name = "HoldfastCallError";
    this.reason = reason;
    this.retryable = retryable;
    this.httpStatus = httpStatus ?? said?.data?.httpStatus;
    this.requestId = said?.data?.requestId;
    this.issues = said?.data?.issues;
  }
}

/** tRPC's own words where a router does not have a procedure. */
const NO_SUCH_PROCEDURE = /^No (procedure found|"[a-z]+"-procedure) on path/;

/** Gives what tRPC threw the form in which we tell of it. */
export function callErrorOf(error: TRPCClientError<AppRouter>): HoldfastCallError {
  if (error instanceof HoldfastCallError) return error;
  const { data, message, cause } = error;
  if (data?.reason === undefined) {
    if (cause?.name === "AbortError" || cause?.name === "TimeoutError")
      return new HoldfastCallError("aborted", "The call was ended by its own signal.", { cause });
    return new HoldfastCallError(
      "not_holdfast",
      "The answer could not be read: is the url that of a Holdfast server?",
      {
        cause,
      },
    );
  }
  if (data.code === "NOT_FOUND" && NO_SUCH_PROCEDURE.test(message))
    return new HoldfastCallError(
      "version_mismatch",
      `The server does not have ${data.path ?? "this procedure"}: it is of another version than this client. Update the older of the two.`,
      { said: error },
    );
  const reason = data.code === "UNAUTHORIZED" ? "unauthenticated" : data.reason;
  return new HoldfastCallError(reason, message, { said: error, retryable: data.retryable });
}

/**
 * What is known of a call that threw: a stable `reason`, whether to try again, where an input is wrong. Undefined for
 * an error that did not come from a call.
 */
export const holdfastErrorOf = (error: unknown): HoldfastCallError | undefined =>
  error instanceof TRPCClientError ? callErrorOf(error) : undefined;
