import type { TRPCError } from "@trpc/server";
import { fastifyRequestHandler } from "@trpc/server/adapters/fastify";
import type { FastifyInstance } from "fastify";
import { defaultConfig } from "../../../config/presets.ts";
import { appRouter, errorShape } from "../../../routers/app.router.ts";
import { toTRPCError } from "../../../routers/middleware/to-trpc-error.ts";
import type { Logger } from "../../ports.ts";
import { LIMITS } from "./limits.ts";
import { makeContext } from "./make-context.ts";
import { readText } from "./read-json-body.ts";
import { logFault } from "./rest-problem.ts";
import type { Answering } from "./served.ts";
import { sendSubscription } from "./trpc-subscription.ts";

export const TRPC_PREFIX = "/trpc";

/** Mounts the routers. */
export function addTrpcRoute(app: FastifyInstance, served: Answering, logger: Logger): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/json", (_request, _payload, done) => done(null));
  app.route<{ Params: { path: string } }>({
    method: ["GET", "POST"],
    // tRPC answers HEAD without a body, of which Fastify would count the bytes.
    exposeHeadRoute: false,
    url: `${TRPC_PREFIX}/:path`,
    // tRPC names no type where it fails before it has a context, and `Response` then takes its JSON for plain text.
    onSend: async (_request, _reply, payload) => {
      if (payload instanceof Response && payload.headers.get("content-type")?.startsWith("text/plain") === true)
        payload.headers.set("content-type", "application/json");
      return payload;
    },
    handler: async (request, reply) => {
      const maximumBytes =
        (served.runtime?.config ?? defaultConfig).operations.maximumInputBytes + LIMITS.envelopeBytes;
      const subscription = sendSubscription(request.params.path, request, reply, { served, logger });
      if (subscription !== undefined) return subscription;
      // tRPC would take text that is not UTF-8 for text that nobody wrote.
      if (request.method === "POST") request.body = await readText(request.raw, maximumBytes).catch(refuse);
      return fastifyRequestHandler({
        req: request,
        res: reply,
        path: request.params.path,
        router: appRouter,
        maxBatchSize: LIMITS.batchSize,
        createContext: async () => makeContext(served, request),
        onError: ({ error, path }) => logFault(error, { requestId: request.id, path }, logger),
      });
    },
  });
}

/** An error of ours outside of every procedure: nothing translates it there. */
function refuse(error: unknown): never {
  throw toTRPCError(error) ?? error;
}

/** What a request to the routers is told when it failed before they had it; a tRPC client can read it. */
export const trpcErrorBody = (
  error: TRPCError,
  requestId: string,
): { readonly error: ReturnType<typeof errorShape> } => ({ error: errorShape(error, { requestId }) });
