import { TRPCError } from "@trpc/server";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { errorShape } from "../../../../routers/app.router.ts";
import { toTRPCError } from "../../../../routers/middleware/to-trpc-error.ts";
import { placeOf } from "../place-of.ts";
import { PROBLEM_TYPE, problem } from "../problem.ts";
import type { Served } from "../served.ts";
import { TooManyAttempts } from "./gate.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Needs no credentials. */
    readonly isPublic?: boolean;
  }
}

/** What nobody gets who has not proved who it is, seen from where the server is mounted. */
export const GUARDED = /^\/(trpc|api\/v4)(\/|\?|$)/;

/**
 * Turns away who proves nothing before anything of a body is read. What comes past (a request from before
 * the journal was open) is asked where its context is made.
 */
export function guardRequests(app: FastifyInstance, served: Served): void {
  app.decorateRequest("provenCaller", undefined);
  app.addHook("onRequest", (request, reply, done) => {
    const { gate, runtime } = served;
    if (runtime === undefined || !GUARDED.test(placeOf(request)) || request.routeOptions.config?.isPublic === true)
      return done();
    try {
      gate.watch(reply, gate.callerOf(request, runtime));
    } catch (error) {
      sendRefusal(error, request, reply);
      return;
    }
    done();
  });
}

/** The same words in the form that the path's clients read. */
export function sendRefusal(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const known = toTRPCError(error) ?? new TRPCError({ code: "INTERNAL_SERVER_ERROR", cause: error });
  const shape = errorShape(known, { requestId: request.id });
  const { httpStatus, reason, retryable } = shape.data;
  if (httpStatus === 401) reply.header("www-authenticate", CHALLENGE);
  if (error instanceof TooManyAttempts) reply.header("retry-after", error.retryAfterSeconds);
  reply.code(httpStatus);
  return placeOf(request).startsWith("/trpc/")
    ? reply.type("application/json").send({ error: shape })
    : reply.type(PROBLEM_TYPE).send(problem(httpStatus, reason, shape.message, request.id, { retryable }));
}

export const CHALLENGE = 'Bearer realm="holdfast"';
