import { randomUUID } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { TRPCError } from "@trpc/server";
import { getHTTPStatusCodeFromError } from "@trpc/server/http";
import {
  fastify,
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type FastifyServerOptions,
} from "fastify";
import type { Logger } from "../../ports.ts";
import { guardRequests } from "./access/guard-requests.ts";
import { answerBrokenRequest } from "./broken-request.ts";
import { turnAway } from "./check-caller.ts";
import { allowOrigins } from "./cors.ts";
import { LIMITS } from "./limits.ts";
import { isLoopback } from "./loopback.ts";
import { PROBLEM_TYPE, problem } from "./problem.ts";
import { isIn, type TlsOptions } from "./reach.ts";
import { SECURITY_HEADERS } from "./security-headers.ts";
import type { Served } from "./served.ts";
import { stackWithoutMessage } from "./stack.ts";
import { TRPC_PREFIX, trpcErrorBody } from "./trpc-route.ts";

/** Fastify with our limits, the check of every caller, and errors that callers can read. Routes come from elsewhere. */
export function createHttpApp(served: Served, logger: Logger, tls?: TlsOptions): FastifyInstance {
  const { reach } = served;
  const { proxies } = reach;
  const options = {
    logger: false,
    // Idle connections must not hold up a stop; those with a request get their answer.
    forceCloseConnections: "idle",
    keepAliveTimeout: LIMITS.keepAliveMs,
    requestTimeout: LIMITS.requestTimeoutMs,
    ...(proxies !== undefined && { trustProxy: (address: string) => isIn(proxies, address) }),
    routerOptions: { maxParamLength: LIMITS.pathLength },
    genReqId: ({ headers }: { readonly headers: IncomingHttpHeaders }) => requestId(headers["x-request-id"]),
    clientErrorHandler: answerBrokenRequest,
    frameworkErrors: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) =>
      void answerError(error, request, reply.headers(SECURITY_HEADERS)),
  } satisfies FastifyServerOptions;
  const connections = {
    headersTimeout: LIMITS.headersTimeoutMs,
    connectionsCheckingInterval: LIMITS.checkEveryMs,
    maxHeaderSize: LIMITS.headerBytes,
  };
  const app: FastifyInstance =
    tls === undefined
      ? fastify({ ...options, http: connections })
      : (fastify({
          ...options,
          https: { ...connections, ...tls, minVersion: "TLSv1.2" },
        }) as unknown as FastifyInstance);

  app.addHook("onRequest", async (request, reply) => {
    reply.headers({ ...SECURITY_HEADERS, "x-request-id": request.id });
    if (request.protocol === "https") reply.header("strict-transport-security", "max-age=31536000");
    if (served.phase !== "ready") reply.header("connection", "close");
    // A platform asks a service elsewhere by its bare address whether it lives.
    if (!reach.isLocal && isHealthCheck(request.url)) return undefined;
    const why = whyNot(request);
    if (why !== undefined)
      return reply
        .code(403)
        .type(PROBLEM_TYPE)
        .send(problem(403, "caller_forbidden", why, request.id));
    return undefined;
  });

  allowOrigins(app, served);
  guardRequests(app, served);

  app.setNotFoundHandler((request, reply) =>
    reply
      .code(404)
      .type(PROBLEM_TYPE)
      .send(
        problem(404, "not_found", `There is nothing at ${request.method} ${request.url.split("?", 1)[0]}.`, request.id),
      ),
  );
  app.setErrorHandler(answerError);
  return app;

  function whyNot({ headers, host, socket }: FastifyRequest): string | undefined {
    if (proxies === undefined) return turnAway(headers, served.port, reach);
    const { remoteAddress = "" } = socket;
    return isIn(proxies, remoteAddress) || isLoopback(remoteAddress)
      ? turnAway({ host, origin: headers.origin }, served.port, reach)
      : "Only the proxies in front of this server may call it.";
  }

  function answerError(error: FastifyError | TRPCError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const { status, code, message } = told(error);
    if (status === 500)
      logger.error(
        { requestId: request.id, error: error.name, stack: stackWithoutMessage(error) },
        "a request failed by a fault of ours",
      );
    if (status === 413) reply.header("connection", "close");
    reply.code(status);
    return request.url.startsWith(`${TRPC_PREFIX}/`)
      ? reply.type("application/json").send(trpcErrorBody(asTRPCError(error, code, message), request.id))
      : reply.type(PROBLEM_TYPE).send(problem(status, code.toLowerCase(), message, request.id));
  }
}

const isHealthCheck = (url: string): boolean => /^\/(livez|readyz)(\?|$)/.test(url);

const CODES: Readonly<Record<number, TRPCError["code"]>> = {
  400: "BAD_REQUEST",
  404: "NOT_FOUND",
  405: "METHOD_NOT_SUPPORTED",
  413: "PAYLOAD_TOO_LARGE",
  415: "UNSUPPORTED_MEDIA_TYPE",
};

const asTRPCError = (error: unknown, code: TRPCError["code"], message: string): TRPCError =>
  error instanceof TRPCError ? error : new TRPCError({ code, message });

function told(error: FastifyError | TRPCError): {
  readonly status: number;
  readonly code: TRPCError["code"];
  readonly message: string;
} {
  if (error instanceof TRPCError)
    return { status: getHTTPStatusCodeFromError(error), code: error.code, message: error.message };
  const code = CODES[error.statusCode ?? 500];
  if (code === undefined)
    return {
      status: 500,
      code: "INTERNAL_SERVER_ERROR",
      message: "This is a fault on our side; the server's log has the details.",
    };
  return { status: error.statusCode ?? 500, code, message: error.message };
}

/** A caller may name its request, in characters that no log and no header can stumble over. */
function requestId(given: string | string[] | undefined): string {
  return typeof given === "string" && /^[A-Za-z0-9._-]{1,64}$/.test(given) ? given : randomUUID();
}
