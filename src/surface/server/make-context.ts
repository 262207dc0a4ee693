import { TRPCError } from "@trpc/server";
import type { FastifyRequest } from "fastify";
import { type Context, readPreferences } from "../../../routers/app.router.ts";
import { toTRPCError } from "../../../routers/middleware/to-trpc-error.ts";
import { HoldfastError } from "../../errors.ts";
import type { Runtime } from "../../runtime.ts";
import type { Answering } from "./served.ts";

/**
 * What the procedures get of one request, whichever door it came through. Its principal is what the gate has found
 * proved, and nothing else.
 *
 * @throws TRPCError SERVICE_UNAVAILABLE `starting`; UNAUTHORIZED
 * @throws InvalidValueError `invalid_header`
 */
export function makeContext(served: Answering, request: FastifyRequest): Context {
  const { faults } = served;
  const runtime = openRuntime(served);
  try {
    const { principal } = served.gate.callerOf(request, runtime);
    return {
      runtime,
      principal,
      requestId: request.id,
      preferences: readPreferences(request.headers),
      ...(faults !== undefined && { faults }),
    };
  } catch (error) {
    throw toTRPCError(error) ?? error;
  }
}

function openRuntime({ runtime }: Answering): Runtime {
  if (runtime !== undefined) return runtime;
  const cause = new HoldfastError("starting", "The journal is being opened; ask again in a moment.", {
    retryable: true,
  });
  throw new TRPCError({ code: "SERVICE_UNAVAILABLE", message: cause.message, cause });
}
