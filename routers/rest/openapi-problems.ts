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

/** The reasons that a route may answer instead of its answer, by status. */
export function problemReasons({ type, method, meta }: RestRoute, canMiss: boolean): ReadonlyMap<number, string[]> {
  const all = [...meta.reasons, ...(canMiss ? ["not_found"] : []), ...commonReasons(type, hasBody(method))];
  return new Map(byStatus(all));
}

/** A response for these reasons: the one that all of its kind share, where it has no others. */
export function problemResponseOf({ type, method }: RestRoute, status: number, reasons: readonly string[]): unknown {
  const withBody = hasBody(method);
  const shared = commonReasons(type, withBody).filter((reason) => httpStatusOf(reason) === status);
  if (String(shared) === String(reasons)) return { $ref: `#/components/responses/${nameOf(type, withBody, status)}` };
  if (String(reasons) === "not_found") return { $ref: "#/components/responses/notFound" };
  return problemResponse(status, reasons);
}

function byStatus(reasons: readonly string[]): [number, string[]][] {
  const groups = new Map<number, string[]>();
  for (const reason of reasons) {
    const status = httpStatusOf(reason);
    groups.set(status, [...(groups.get(status) ?? []), reason]);
  }
  return [...groups];
}

/** A problem with one of these codes. */
export const problemSchema = (reasons: readonly string[]) => ({
  allOf: [{ $ref: "#/components/schemas/Problem" }, { properties: { code: { enum: reasons } } }],
});

function problemResponse(status: number, reasons: readonly string[]): unknown {
  return {
    description: reasons.map((reason) => `\`${reason}\`: ${reasonInfo(reason)?.says ?? ""}`).join("\n"),
    ...((status === 503 || status === 429) && { headers: RETRY_AFTER }),
    content: { "application/problem+json": { schema: problemSchema(reasons) } },
  };
}
