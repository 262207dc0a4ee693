import { randomUUID } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
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
import { answerNotFound, errorAnswer } from "./answer-error.ts";
import { answerBrokenRequest } from "./broken-request.ts";
import { turnAway } from "./check-caller.ts";
import { allowOrigins } from "./cors.ts";
import { LIMITS } from "./limits.ts";
import { isLoopback } from "./loopback.ts";
import { PROBLEM_TYPE, problem } from "./problem.ts";
import { isIn, type TlsOptions } from "./reach.ts";
import { SECURITY_HEADERS } from "./security-headers.ts";
import type { Served } from "./served.ts";

/** Fastify with our limits, the check of every caller, and errors that callers can read. Routes come from elsewhere. */
export function createHttpApp(served: Served, logger: Logger, tls?: TlsOptions): FastifyInstance {
  const { reach } = served;
  const { proxies } = reach;
  const answerError = errorAnswer(logger);
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

  app.addHook("onRequest", (request, reply, done) => {
    reply.headers(SECURITY_HEADERS).header("x-request-id", request.id);
    if (request.protocol === "https") reply.header("strict-transport-security", "max-age=31536000");
    if (served.phase !== "ready") reply.header("connection", "close");
    // A platform asks a service elsewhere by its bare address whether it lives.
    if (!reach.isLocal && isHealthCheck(request.url)) return done();
    const why = whyNot(request);
    if (why === undefined) return done();
    reply
      .code(403)
      .type(PROBLEM_TYPE)
      .send(problem(403, "caller_forbidden", why, request.id));
  });

  allowOrigins(app, served);
  guardRequests(app, served);

  app.setNotFoundHandler(answerNotFound);
  app.setErrorHandler(answerError);
  return app;

  function whyNot({ headers, host, socket }: FastifyRequest): string | undefined {
    if (proxies === undefined) return turnAway(headers, served.port, reach);
    const { remoteAddress = "" } = socket;
    return isIn(proxies, remoteAddress) || isLoopback(remoteAddress)
      ? turnAway({ host, origin: headers.origin }, served.port, reach)
      : "Only the proxies in front of this server may call it.";
  }
}

const isHealthCheck = (url: string): boolean => /^\/(livez|readyz)(\?|$)/.test(url);

/** A caller may name its request, in characters that no log and no header can stumble over. */
function requestId(given: string | string[] | undefined): string {
  return typeof given === "string" && /^[A-Za-z0-9._-]{1,64}$/.test(given) ? given : randomUUID();
}
