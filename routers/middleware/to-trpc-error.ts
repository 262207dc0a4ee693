import { TRPCError } from "@trpc/server";
import { HoldfastError, InvalidValueError, MisuseError, StorageError } from "../../src/errors.ts";
import { reasonInfo } from "../reasons.ts";

type Code = TRPCError["code"];

/**
 * Gives an error of ours the status it deserves; our messages are written to be read by callers. Everything else
 * stays what tRPC makes of it: an internal error, of which the error formatter tells nothing.
 */
export function toTRPCError(error: unknown): TRPCError | undefined {
  if (!(error instanceof HoldfastError)) return undefined;
  const code = reasonInfo(error.code)?.code ?? codeOfClass(error);
  return new TRPCError({ code, message: error.message, cause: error });
}

function codeOfClass(error: HoldfastError): Code {
  if (error instanceof StorageError) return "SERVICE_UNAVAILABLE";
  if (error instanceof MisuseError || error instanceof InvalidValueError) return "BAD_REQUEST";
  return error.retryable ? "SERVICE_UNAVAILABLE" : "INTERNAL_SERVER_ERROR";
}
