import type { TRPCError } from "@trpc/server";
import { TRPC_ERROR_CODES_BY_KEY } from "@trpc/server/rpc";
import { getHTTPStatusCodeFromError } from "@trpc/server/http";
import { z } from "zod";
import { HoldfastError, InvalidValueError } from "../src/errors.ts";
import { type CommonReason, type DeclaredReason, declaredReason } from "./reasons.ts";

/** What is wrong with an input, and where: `$.limit`. */
export interface InputIssue {
  readonly path: string;
  readonly message: string;
}

/** `error.data` of everything that this surface answers as an error. */
export interface ErrorData<Reason extends string = string> {
  /** tRPC's own code, which stands for the HTTP status: `BAD_REQUEST`. */
  readonly code: TRPCError["code"];
  readonly httpStatus: number;
  /** Stable and machine-readable, as in `HoldfastError.code`: `forbidden`, `reason_missing`, `internal_error`. */
  readonly reason: Reason;
  /** True when the same request may succeed later. */
  readonly retryable: boolean;
  readonly requestId?: string;
  /** The procedure, where one was found. */
  readonly path?: string;
  /** For `invalid_input`. */
  readonly issues?: readonly InputIssue[];
}

export interface ErrorShape<Reason extends string = string> {
  readonly message: string;
  readonly code: (typeof TRPC_ERROR_CODES_BY_KEY)[TRPCError["code"]];
  readonly data: ErrorData<Reason>;
}

interface Said {
  readonly reason: string;
  readonly message: string;
  readonly retryable: boolean;
  readonly issues?: readonly InputIssue[];
}

const RETRYABLE: ReadonlySet<TRPCError["code"]> = new Set(["SERVICE_UNAVAILABLE", "TIMEOUT", "TOO_MANY_REQUESTS"]);

interface Where {
  readonly path?: string | undefined;
  readonly requestId?: string | undefined;
}

/** What a caller is told about an error: never the message of one that we did not write ourselves. */
export function errorShape(error: TRPCError, where: Where): ErrorShape {
  const { reason, message, retryable, issues } = say(error, where);
  const { path, requestId } = where;
  return {
    message,
    code: TRPC_ERROR_CODES_BY_KEY[error.code],
    data: {
      code: error.code,
      httpStatus: getHTTPStatusCodeFromError(error),
      reason,
      retryable,
      ...(requestId !== undefined && { requestId }),
      ...(path !== undefined && { path }),
      ...(issues !== undefined && { issues }),
    },
  };
}

/** The same, with no reason but those that are common or that the procedure has declared. */
export function declaredErrorShape<Declared extends DeclaredReason>(
  error: TRPCError,
  where: Where,
  declared: readonly Declared[],
): ErrorShape<CommonReason | Declared> {
  const { data, ...shape } = errorShape(error, where);
  return { ...shape, data: { ...data, reason: declaredReason(data.reason, error.code, declared) } };
}

function say(error: TRPCError, { path, requestId }: Where): Said {
  const { code, cause } = error;
  if (cause instanceof HoldfastError) {
    const issues = cause instanceof InvalidValueError ? { issues: [{ path: cause.path, message: cause.message }] } : {};
    return { reason: cause.code, message: cause.message, retryable: cause.retryable, ...issues };
  }
  if (code === "BAD_REQUEST" && cause instanceof z.ZodError) {
    const issues = cause.issues
      .flatMap((issue) => partsOf(issue))
      .map((issue) => ({ path: pathText(issue.path), message: issue.message }));
    const first = issues[0] ?? { path: "$", message: "not valid" };
    return {
      reason: "invalid_input",
      message: `The input of ${path ?? "this procedure"} is not valid at ${first.path}: ${first.message}.`,
      retryable: false,
      issues,
    };
  }
  if (code === "INTERNAL_SERVER_ERROR") {
    const named = requestId === undefined ? "" : ` of request ${requestId}`;
    return {
      reason: "internal_error",
      message: `This is a fault on our side; the server's log has the details${named}.`,
      retryable: false,
    };
  }
  // The parser's own message quotes what was sent, and others' messages say what they like.
  if (cause instanceof SyntaxError)
    return { reason: "invalid_json", message: "The input is not JSON.", retryable: false };
  if (cause !== undefined)
    return { reason: code.toLowerCase(), message: "The request could not be read.", retryable: RETRYABLE.has(code) };
  // tRPC says no more than the code of a body that it stopped reading.
  const message =
    error.message === code ? "The request is too large, or in a form that is not read here." : error.message;
  return { reason: code.toLowerCase(), message, retryable: RETRYABLE.has(code) };
}

/** What is wrong with a union is what is wrong with the part of it that was meant: the one with the fewest issues. */
function partsOf(issue: z.core.$ZodIssue): readonly z.core.$ZodIssue[] {
  if (issue.code !== "invalid_union" || issue.errors.length === 0) return [issue];
  const [meant = []] = issue.errors.toSorted((one, other) => one.length - other.length);
  return meant.flatMap((part) => partsOf({ ...part, path: [...issue.path, ...part.path] }));
}

const pathText = (path: readonly PropertyKey[]): string =>
  `$${path.map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`)).join("")}`;
