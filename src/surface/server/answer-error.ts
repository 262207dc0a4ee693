import { TRPCError } from "@trpc/server";
import { getHTTPStatusCodeFromError } from "@trpc/server/http";
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import type { Logger } from "../../ports.ts";
import { placeOf } from "./place-of.ts";
import { PROBLEM_TYPE, problem } from "./problem.ts";
import { stackWithoutMessage } from "./stack.ts";
import { TRPC_PREFIX, trpcErrorBody } from "./trpc-route.ts";

type Answer = (error: FastifyError | TRPCError, request: FastifyRequest, reply: FastifyReply) => FastifyReply;

/** What a request is told that failed outside of every procedure, in the form that the path's clients read. */
export const errorAnswer =
  (logger: Logger): Answer =>
  (error, request, reply) => {
    const { status, code, message } = told(error);
    if (status === 500)
      logger.error(
        { requestId: request.id, error: error.name, stack: stackWithoutMessage(error) },
        "a request failed by a fault of ours",
      );
    if (status === 413) reply.header("connection", "close");
    reply.code(status);
    return placeOf(request).startsWith(`${TRPC_PREFIX}/`)
      ? reply.type("application/json").send(trpcErrorBody(asTRPCError(error, code, message), request.id))
      : reply.type(PROBLEM_TYPE).send(problem(status, code.toLowerCase(), message, request.id));
  };

export const answerNotFound = (request: FastifyRequest, reply: FastifyReply): FastifyReply =>
  reply
    .code(404)
    .type(PROBLEM_TYPE)
    .send(
      problem(404, "not_found", `There is nothing at ${request.method} ${request.url.split("?", 1)[0]}.`, request.id),
    );

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
