import type { FastifyInstance } from "fastify";
import type { Served } from "./served.ts";

const METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE";
const REQUEST_HEADERS =
  "authorization, content-type, holdfast-priority, holdfast-answer-within-ms, holdfast-attempt-timeout-ms, idempotency-key, if-none-match, last-event-id, x-request-id";
const ANSWER_HEADERS = "etag, location, retry-after, x-request-id, www-authenticate";
const ANSWER_FOR_SECONDS = "600";

/**
 * Pages of the origins that were named may call with a token of their own; cookies are never theirs. For every other
 * origin there is nothing here: a request that names it has been turned away before.
 */
export function allowOrigins(app: FastifyInstance, { reach: { cors } }: Pick<Served, "reach">): void {
  if (cors.size === 0) return;
  app.addHook("onRequest", async (request, reply) => {
    const { origin } = request.headers;
    reply.header("vary", "Origin");
    if (origin === undefined || !cors.has(origin.toLowerCase())) return undefined;
    reply.headers({ "access-control-allow-origin": origin, "access-control-expose-headers": ANSWER_HEADERS });
    reply.header("cross-origin-resource-policy", "cross-origin");
    if (request.method !== "OPTIONS" || request.headers["access-control-request-method"] === undefined)
      return undefined;
    return reply
      .headers({
        "access-control-allow-methods": METHODS,
        "access-control-allow-headers": REQUEST_HEADERS,
        "access-control-max-age": ANSWER_FOR_SECONDS,
      })
      .code(204)
      .send();
  });
}
