import { TRPCError } from "@trpc/server";
import type { FastifyRequest } from "fastify";
import { type Context, readPreferences } from "../../../routers/app.router.ts";
import { HoldfastError } from "../../errors.ts";
import type { Principal } from "../../operations/principal.ts";
import type { Served } from "./served.ts";

/** Who everybody is until credentials exist: only this machine is listened to. */
const LOCAL_OPERATOR: Principal = { id: "local-operator", permissions: "*" };

/**
 * What the procedures get of one request, whichever door it came through: the only place where a principal is made.
 *
 * @throws TRPCError SERVICE_UNAVAILABLE `starting`
 * @throws InvalidValueError `invalid_header`
 */
export async function makeContext(served: Served, request: FastifyRequest): Promise<Context> {
  const { faults } = served;
  return {
    runtime: openRuntime(served),
    principal: LOCAL_OPERATOR,
    requestId: request.id,
    preferences: readPreferences(request.headers),
    ...(faults !== undefined && { faults }),
  };
}

function openRuntime({ runtime }: Served): Context["runtime"] {
  if (runtime !== undefined) return runtime;
  const cause = new HoldfastError("starting", "The journal is being opened; ask again in a moment.", {
    retryable: true,
  });
  throw new TRPCError({ code: "SERVICE_UNAVAILABLE", message: cause.message, cause });
}
