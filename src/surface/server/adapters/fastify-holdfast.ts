import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { FastifyInstance } from "fastify";
import type { DevelopmentFaults } from "../../../../routers/app.router.ts";
import { type Logger, silentLogger } from "../../../ports.ts";
import type { Principal } from "../../../operations/principal.ts";
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
import { HostGate, OpenStreams } from "./host-gate.ts";

/** What a host gives that has a server of its own. */
export interface MountOptions {
  /** Stays the host's: it opens it, and stops it. */
  readonly runtime: Runtime;
  /** False leaves the console out. Default true. */
  readonly console?: boolean;
  /** Other origins whose pages may change something here, as in `["https://shop.example.org"]`; CORS stays the host's. */
  readonly origins?: readonly string[];
  readonly logger?: Logger;
  /** What people may do to the service to see how it answers. In development only. */
  readonly faults?: DevelopmentFaults;
}

/** A request as the host's Fastify has it. A function that takes its `FastifyRequest`, of whichever 5.x, fits as well. */
export interface HostRequest {
  readonly headers: IncomingHttpHeaders;
  readonly raw: IncomingMessage;
  readonly method: string;
  readonly url: string;
  readonly ip: string;
}

/** Beside these, `register` takes Fastify's own `prefix`. */
export interface FastifyHoldfastOptions extends MountOptions {
  /** Who makes a request, as the host's own sign-in has found; asked once for each. Undefined: nobody, and that is 401. */
  // A method, whose parameter may be narrower: with another Fastify than ours installed, its types are not ours.
  principal(request: HostRequest): Principal | undefined | Promise<Principal | undefined>;
}

/** As much of a host's Fastify as is the same in every 5.x. */
export interface HostFastify {
  readonly prefix: string;
}

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
export async function fastifyHoldfast(host: HostFastify, options: FastifyHoldfastOptions): Promise<void> {
  // Fastify's types do not fit those of another version, what they describe does.
  const app = host as FastifyInstance;
  const { runtime, logger = silentLogger, faults, origins = [] } = options;
  const gate = new HostGate((request) => options.principal(request), origins);
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
