import { STATUS_CODES } from "node:http";
import type { InputIssue } from "../../../routers/app.router.ts";

/** An error as RFC 9457 has it (`application/problem+json`), with our stable `code` beside it. */
export interface Problem {
  readonly type: "about:blank";
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** Stable and machine-readable: `not_found`, `origin_forbidden`, … */
  readonly code: string;
  /** True when the same request may succeed later. */
  readonly retryable: boolean;
  readonly requestId?: string;
  /** What is wrong with the input, and where: `$.limit`. */
  readonly issues?: readonly InputIssue[];
}

export const PROBLEM_TYPE = "application/problem+json; charset=utf-8";

export const problem = (
  status: number,
  code: string,
  detail: string,
  requestId?: string,
  {
    retryable = false,
    issues,
  }: { readonly retryable?: boolean; readonly issues?: readonly InputIssue[] | undefined } = {},
): Problem => ({
  type: "about:blank",
  title: STATUS_CODES[status] ?? "Error",
  status,
  detail,
  code,
  retryable,
  ...(issues !== undefined && { issues }),
  ...(requestId !== undefined && { requestId }),
});
