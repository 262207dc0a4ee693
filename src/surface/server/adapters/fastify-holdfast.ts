import type { FastifyInstance, FastifyRequest } from "fastify";
import type { DevelopmentFaults } from "../../../../routers/app.router.ts";
import { type Logger, silentLogger } from "../../../ports.ts";
import type { Runtime } from "../../../runtime.ts";
import { GUARDED, sendRefusal } from "../access/guard-requests.ts";
import { answerNotFound, errorAnswer } from "../answer-error.ts";
import { addConsoleRoutes } from "../console-routes.ts";
import { addHealthRoutes } from "../health-routes.ts";
import { placeOf } from "../place-of.ts";
import { addRestRoutes } from "../rest-routes.ts";
import { SECURITY_HEADERS } from "../security-headers.ts";
import type { Answering } from "../served.ts";
import { addTrpcRoute } from "../trpc-route.ts";
import { addHostSession } from "./host-session.ts";
import { HostGate, OpenStreams, type PrincipalOf } from "./host-gate.ts";

/** What a host gives that has a server of its own. */
export interface MountOptions<Request> {
  /** Stays the host's: it opens it, and stops it. */
  readonly runtime: Runtime;
  /** Asked once per request, for the console's as for a program's. */
  readonly principal: PrincipalOf<Request>;
  /** False leaves the console out. Default true. */
  readonly console?: boolean;
  /** Other origins whose pages may change something here, as in `["https://shop.example.org"]`; CORS stays the host's. */
  readonly origins?: readonly string[];
  readonly logger?: Logger;
  /** What people may do to the service to see how it answers. In development only. */
  readonly faults?: DevelopmentFaults;
}

/** Beside these, `register` takes Fastify's own `prefix`. */
export type FastifyHoldfastOptions = MountOptions<FastifyRequest>;

/**
 * Holdfast as a plugin of a host's own Fastify: tRPC at `/trpc`, REST at `/api/v4`, the console, `/livez` and `/readyz`,
 * all below the plugin's prefix. Nothing of it (hooks, errors, body parsers) reaches the host's other routes.
 *
 * @example
 * await app.register(fastifyHoldfast, {
 *   prefix: "/holdfast",
 *   runtime,
 *   principal: (request) => signedIn(request.headers.cookie), // { id: "anna", permissions: ["degradation.read"] }
 * });
 */
export async function fastifyHoldfast(app: FastifyInstance, options: FastifyHoldfastOptions): Promise<void> {
  const { runtime, logger = silentLogger, faults, origins = [] } = options;
  const gate = new HostGate(options.principal, origins);
  const streams = new OpenStreams();
  // While its runtime lives, a host's server answers; what the runtime then says of itself is told.
  const served: Answering = { phase: "ready", runtime, gate, ...(faults !== undefined && { faults }) };

  app.addHook("onRequest", async (request, reply) => {
    reply.headers({ ...SECURITY_HEADERS, "x-request-id": request.id });
    if (!GUARDED.test(placeOf(request)) || request.routeOptions.config?.isPublic === true) return undefined;
    return gate.prove(request).then(
      () => undefined,
      (error: unknown) => sendRefusal(error, request, reply),
    );
  });
  app.addHook("onSend", async (_request, reply, payload) => {
    const type = payload instanceof Response ? payload.headers.get("content-type") : reply.getHeader("content-type");
    if (String(type).startsWith("text/event-stream")) streams.add(reply);
  });
  app.addHook("preClose", async () => streams.cut());
  app.setErrorHandler(errorAnswer(logger));
  // At the root that is the host's own.
  if (app.prefix !== "") app.setNotFoundHandler(answerNotFound);

  addHealthRoutes(app, served);
  if (options.console !== false) {
    addConsoleRoutes(app, logger);
    addHostSession(app, gate);
  }
  addTrpcRoute(app, served, logger);
  addRestRoutes(app, served, logger);
}
