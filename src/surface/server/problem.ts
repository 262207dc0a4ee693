import { STATUS_CODES } from "node:http";

/** An error as RFC 9457 has it (`application/problem+json`), with our stable `code` beside it. */
export interface Problem {
  readonly type: "about:blank";
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** Stable and machine-readable: `not_found`, `origin_forbidden`, … */
  readonly code: string;
  readonly requestId?: string;
}

export const PROBLEM_TYPE = "application/problem+json; charset=utf-8";

export const problem = (status: number, code: string, detail: string, requestId?: string): Problem => ({
  type: "about:blank",
  title: STATUS_CODES[status] ?? "Error",
  status,
  detail,
  code,
  ...(requestId !== undefined && { requestId }),
});
