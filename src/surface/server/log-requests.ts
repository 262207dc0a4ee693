import type { FastifyInstance, FastifyRequest } from "fastify";
import { appRouter } from "../../../routers/app.router.ts";
import type { Logger } from "../../ports.ts";
import type { Served } from "./served.ts";
import { TRPC_PREFIX } from "./trpc-route.ts";

const PROCEDURES: ReadonlySet<string> = new Set(Object.keys(appRouter._def.procedures));
const QUIET = new Set(["/livez", "/readyz", "/metrics"]);

/**
 * One line per answered request: which, by whom, with what status, how long. Never a query, a header or a body, nor a
 * path as it was written: a person may have put a token there.
 */
export function logRequests(app: FastifyInstance, { gate }: Pick<Served, "gate">, logger: Logger): void {
  app.addHook("onResponse", (request, reply, done) => {
    const { id, method, routeOptions } = request;
    const level = QUIET.has(routeOptions.url ?? "") ? "debug" : "info";
    logger[level](
      {
        requestId: id,
        method,
        route: routeOptions.url ?? "none",
        ...proceduresOf(request),
        status: reply.statusCode,
        durationMs: Math.round(reply.elapsedTime * 10) / 10,
        principal: gate.known(request)?.principal.id ?? null,
      },
      "request",
    );
    done();
  });
}

/** Those of a batch that there are; a name that is none of ours is not repeated. */
function proceduresOf({ routeOptions: { url }, params }: FastifyRequest): { readonly procedures?: readonly string[] } {
  if (url !== `${TRPC_PREFIX}/:path`) return {};
  const { path = "" } = params as { readonly path?: string };
  return { procedures: path.split(",").filter((name) => PROCEDURES.has(name)) };
}
