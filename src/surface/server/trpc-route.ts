import { TRPCError } from "@trpc/server";
import { fastifyRequestHandler } from "@trpc/server/adapters/fastify";
import type { FastifyInstance } from "fastify";
import { defaultConfig } from "../../../config/presets.ts";
import { appRouter, errorShape } from "../../../routers/app.router.ts";
import { toTRPCError } from "../../../routers/middleware/to-trpc-error.ts";
import type { Logger } from "../../ports.ts";
import { LIMITS } from "./limits.ts";
import { makeContext } from "./make-context.ts";
import { logFault } from "./rest-problem.ts";
import type { Served } from "./served.ts";

export const TRPC_PREFIX = "/trpc";

/** Mounts the routers. Bodies are read by tRPC, so that one that is too large is told in the form its clients read. */
export function addTrpcRoute(app: FastifyInstance, served: Served, logger: Logger): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/json", (_request, _payload, done) => done(null));
  app.route<{ Params: { path: string } }>({
    method: ["GET", "POST"],
    url: `${TRPC_PREFIX}/:path`,
    // tRPC names no type where it fails before it has a context, and `Response` then takes its JSON for plain text.
    onSend: async (_request, _reply, payload) => {
      if (payload instanceof Response && payload.headers.get("content-type")?.startsWith("text/plain") === true)
        payload.headers.set("content-type", "application/json");
      return payload;
    },
    handler: (request, reply) => {
      const maximumBytes =
        (served.runtime?.config ?? defaultConfig).operations.maximumInputBytes + LIMITS.envelopeBytes;
      if (Number(request.headers["content-length"] ?? 0) > maximumBytes) throw tooLarge(maximumBytes);
      return fastifyRequestHandler({
        req: request,
        res: reply,
        path: request.params.path,
        router: appRouter,
        maxBodySize: maximumBytes,
        maxBatchSize: LIMITS.batchSize,
        createContext: () => makeContext(served, request).catch(refuse),
        // What is left of a body that was too large is not waited for.
        responseMeta: ({ errors }) =>
          errors.some(({ code }) => code === "PAYLOAD_TOO_LARGE") ? { headers: { connection: "close" } } : {},
        onError: ({ error, path }) => logFault(error, { requestId: request.id, path }, logger),
      });
    },
  });
}

/** An error of ours outside of every procedure: nothing translates it there. */
function refuse(error: unknown): never {
  throw toTRPCError(error) ?? error;
}

const tooLarge = (maximumBytes: number): TRPCError =>
  new TRPCError({
    code: "PAYLOAD_TOO_LARGE",
    message: `A request body may have ${maximumBytes} bytes at most. Store large things elsewhere and send a reference.`,
  });

/** What a request to the routers is told when it failed before they had it; a tRPC client can read it. */
export function trpcErrorBody(
  code: TRPCError["code"],
  message: string,
  requestId: string,
): { readonly error: ReturnType<typeof errorShape> } {
  return { error: errorShape(new TRPCError({ code, message }), { requestId }) };
}
