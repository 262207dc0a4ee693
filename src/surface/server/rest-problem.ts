import { getTRPCErrorFromUnknown, type TRPCError } from "@trpc/server";
import type { FastifyReply, FastifyRequest } from "fastify";
import { declaredErrorShape } from "../../../routers/error-shape.ts";
import { toTRPCError } from "../../../routers/middleware/to-trpc-error.ts";
import { RETRY_AFTER_SECONDS } from "../../../routers/rest/rest-answer.ts";
import type { RestRoute } from "../../../routers/rest/rest-route.ts";
import type { Logger } from "../../ports.ts";
import { PROBLEM_TYPE, type Problem, problem } from "./problem.ts";
import { stackWithoutMessage } from "./stack.ts";

interface Where {
  readonly route: RestRoute;
  readonly request: FastifyRequest;
  readonly logger: Logger;
}

/** An error of a procedure as RFC 9457 has it: what tRPC's clients are told, in the form that REST clients read. */
export function problemOf(error: unknown, { route, request, logger }: Where): Problem {
  const known = toTRPCError(error) ?? getTRPCErrorFromUnknown(error);
  logFault(known, { requestId: request.id, path: route.procedure }, logger);
  const { message, data } = declaredErrorShape(
    known,
    { path: route.procedure, requestId: request.id },
    route.meta.reasons,
  );
  const { httpStatus, reason, retryable, issues } = data;
  return problem(httpStatus, reason, message, request.id, { retryable, issues });
}

export function sendProblem(error: unknown, where: Where & { readonly reply: FastifyReply }): FastifyReply {
  const { reply } = where;
  const told = problemOf(error, where);
  if (told.status === 503 || told.status === 429) reply.header("retry-after", RETRY_AFTER_SECONDS);
  if (told.status === 401) reply.header("www-authenticate", "Bearer");
  // What is left of a body that was too large is not waited for.
  if (told.status === 413) reply.header("connection", "close");
  return reply.code(told.status).type(PROBLEM_TYPE).send(JSON.stringify(told));
}

/** The only place where the details of a fault of ours are told: its kind and where, never what it said. */
export function logFault(
  error: TRPCError,
  where: { readonly requestId: string; readonly path: string | undefined },
  logger: Logger,
): void {
  if (error.code !== "INTERNAL_SERVER_ERROR") return;
  const { cause = error } = error;
  logger.error(
    { ...where, error: cause.name, stack: stackWithoutMessage(cause) },
    "a procedure failed by a fault of ours",
  );
}
