import { TRPCError } from "@trpc/server";
import { getHTTPStatusCodeFromError } from "@trpc/server/http";
import { COMMON_REASONS, reasonInfo } from "../reasons.ts";
import { hasBody } from "./input-fields.ts";
import type { RestRoute } from "./rest-route.ts";

/** The body of every error. */
export const PROBLEM_SCHEMA = {
  type: "object",
  description: "What went wrong (RFC 9457).",
  properties: {
    type: { type: "string" },
    title: { type: "string" },
    status: { type: "integer" },
    detail: { type: "string", description: "For persons. Says what to do about it." },
    code: { type: "string", description: "Stable and machine-readable." },
    retryable: { type: "boolean", description: "True when the same request may succeed later." },
    requestId: { type: "string" },
    issues: {
      type: "array",
      items: {
        type: "object",
        properties: { path: { type: "string", examples: ["$.limit"] }, message: { type: "string" } },
        required: ["path", "message"],
      },
    },
  },
  required: ["type", "title", "status", "detail", "code", "retryable"],
} as const;

export const PROBLEM_REF = { $ref: "#/components/schemas/Problem" };

const RETRY_AFTER = {
  "Retry-After": { description: "Seconds until it makes sense to ask again.", schema: { type: "integer", minimum: 0 } },
};

const httpStatusOf = (reason: string): number => {
  const code = reasonInfo(reason)?.code ?? "INTERNAL_SERVER_ERROR";
  return getHTTPStatusCodeFromError(new TRPCError({ code }));
};

type Kind = RestRoute["type"];

/** Reasons that no request can meet at a path that exists, or that tRPC alone has. */
const NOT_IN_REST = new Set(["parse_error", "method_not_supported"]);
const OF_BODIES = new Set(["invalid_json", "invalid_encoding", "payload_too_large", "unsupported_media_type"]);

/** The common reasons that a route may meet, `not_found` apart: most routes cannot miss. */
function commonReasons(kind: Kind, withBody: boolean): string[] {
  return Object.keys(COMMON_REASONS).filter((reason) => {
    const { of } = reasonInfo(reason) ?? {};
    if (reason === "not_found" || NOT_IN_REST.has(reason) || (OF_BODIES.has(reason) && !withBody)) return false;
    return of === undefined || of === kind;
  });
}

const KINDS = [
  { kind: "query", withBody: false },
  { kind: "mutation", withBody: true },
  { kind: "mutation", withBody: false },
  { kind: "subscription", withBody: false },
] as const;

const nameOf = (kind: Kind, withBody: boolean, status: number): string =>
  `${kind}${kind === "mutation" && !withBody ? "WithoutBody" : ""}${status}`;

/** The responses that all routes of a kind share, by their names in the document. */
export function commonResponses(): Record<string, unknown> {
  const all = KINDS.flatMap(({ kind, withBody }) =>
    byStatus(commonReasons(kind, withBody)).map(([status, reasons]) => [
      nameOf(kind, withBody, status),
      problemResponse(status, reasons),
    ]),
  );
  return { ...Object.fromEntries(all), notFound: problemResponse(404, ["not_found"]) };
}

/** What a route answers instead of its answer, by status. */
export function problemResponses(route: RestRoute, canMiss: boolean): Map<number, unknown> {
  const { type, method, meta } = route;
  const withBody = hasBody(method);
  const common = new Map(byStatus(commonReasons(type, withBody)));
  const responses = new Map<number, unknown>();
  for (const status of common.keys())
    responses.set(status, { $ref: `#/components/responses/${nameOf(type, withBody, status)}` });
  if (canMiss) responses.set(404, { $ref: "#/components/responses/notFound" });
  for (const [status, reasons] of byStatus(meta.reasons)) {
    const others = [...(common.get(status) ?? []), ...(status === 404 && canMiss ? ["not_found"] : [])];
    responses.set(status, problemResponse(status, [...reasons, ...others]));
  }
  return responses;
}

function byStatus(reasons: readonly string[]): [number, string[]][] {
  const groups = new Map<number, string[]>();
  for (const reason of reasons) {
    const status = httpStatusOf(reason);
    groups.set(status, [...(groups.get(status) ?? []), reason]);
  }
  return [...groups];
}

function problemResponse(status: number, reasons: readonly string[]): unknown {
  const code = { properties: { code: { enum: reasons } } };
  return {
    description: reasons.map((reason) => `\`${reason}\`: ${reasonInfo(reason)?.says ?? ""}`).join("\n"),
    ...((status === 503 || status === 429) && { headers: RETRY_AFTER }),
    content: { "application/problem+json": { schema: { allOf: [PROBLEM_REF, code] } } },
  };
}
