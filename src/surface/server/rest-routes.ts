import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { defaultConfig } from "../../../config/presets.ts";
import { appRouter } from "../../../routers/app.router.ts";
import { hasBody } from "../../../routers/rest/input-fields.ts";
import { openApiDocument } from "../../../routers/rest/openapi.ts";
import { readInput } from "../../../routers/rest/read-input.ts";
import { restAnswer } from "../../../routers/rest/rest-answer.ts";
import { type RestRoute, restRoutes } from "../../../routers/rest/rest-route.ts";
import type { Logger } from "../../ports.ts";
import { etagOf, isKnown } from "./etag.ts";
import { eventStream, plainEvents } from "./event-stream.ts";
import { LIMITS } from "./limits.ts";
import { makeContext } from "./make-context.ts";
import { packageVersion } from "./package-version.ts";
import { PROBLEM_TYPE, problem } from "./problem.ts";
import { readJsonBody } from "./read-json-body.ts";
import { problemOf, sendProblem } from "./rest-problem.ts";
import type { Answering } from "./served.ts";

const JSON_TYPE = "application/json; charset=utf-8";
const EVENTS_TYPE = "text/event-stream; charset=utf-8";

/** Every method that a path may be asked with. */
const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"] as const;

/** Mounts every procedure at its place under `/api/v4`. */
export function addRestRoutes(app: FastifyInstance, served: Answering, logger: Logger): void {
  const routes = restRoutes(appRouter);
  for (const route of routes)
    app.route<{ Params: Record<string, string> }>({
      method: route.method,
      url: urlPattern(route.path),
      handler: (request, reply) => handle(route, request, reply),
    });
  addOpenApi(app, routes);
  for (const [path, ofPath] of Map.groupBy(routes, ({ path }) => path)) addOtherMethods(app, path, ofPath);

  async function handle(
    route: RestRoute,
    request: FastifyRequest<{ Params: Record<string, string> }>,
    reply: FastifyReply,
  ): Promise<FastifyReply> {
    try {
      const ctx = makeContext(served, request);
      const begin = request.url.indexOf("?");
      const query = begin === -1 ? "" : request.url.slice(begin + 1);
      const body = hasBody(route.method) ? await readJsonBody(request.raw, maximumBodyBytes(served)) : undefined;
      const lastEventId = request.headers["last-event-id"];
      const input = readInput(route, {
        parameters: request.params,
        query,
        body,
        ...(typeof lastEventId === "string" && { lastEventId }),
      });
      const { procedure, type } = route;
      // What would follow is what the headers say already, and would never end.
      if (type === "subscription" && request.method === "HEAD") return reply.type(EVENTS_TYPE).send();
      const signal = type === "subscription" ? untilClosed(reply) : undefined;
      const getRawInput = async () => input;
      const data = await route.call({ path: procedure, type, ctx, getRawInput, signal, batchIndex: 0 });
      return type === "subscription"
        ? sendEvents(route, data as AsyncIterable<unknown>, request, reply)
        : sendAnswer(route, data, request, reply);
    } catch (error) {
      return sendProblem(error, { route, request, reply, logger });
    }
  }

  function sendEvents(
    route: RestRoute,
    items: AsyncIterable<unknown>,
    request: FastifyRequest,
    reply: FastifyReply,
  ): FastifyReply {
    // A proxy that waits for a buffer to fill would tell events late.
    reply.type(EVENTS_TYPE).header("x-accel-buffering", "no");
    return reply.send(
      eventStream(
        items,
        plainEvents((error) => problemOf(error, { route, request, logger })),
      ),
    );
  }
}

/** What is at these paths. It is the same in every server of this version, so no credentials guard it. Made when first asked for. */
function addOpenApi(app: FastifyInstance, routes: readonly RestRoute[]): void {
  let text: string | undefined;
  app.get("/api/v4/openapi.json", { config: { isPublic: true } }, (request, reply) => {
    text ??= JSON.stringify({
      ...openApiDocument(routes, packageVersion()),
      servers: [{ url: app.prefix === "" ? "/" : app.prefix }],
    });
    return sendText(text, request, reply);
  });
}

function sendAnswer(route: RestRoute, data: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { status, location, retryAfterSeconds } = restAnswer(route, data);
  if (location !== undefined) reply.header("location", `${request.server.prefix}${location}`);
  if (retryAfterSeconds !== undefined) reply.header("retry-after", Math.ceil(retryAfterSeconds));
  const text = JSON.stringify(data ?? null);
  if (route.method === "GET" && status === 200) return sendText(text, request, reply);
  return reply.code(status).type(JSON_TYPE).send(text);
}

/** As it is now; or that it is as the client has it. */
function sendText(text: string, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const etag = etagOf(text);
  reply.header("etag", etag);
  if (isKnown(etag, request.headers["if-none-match"])) return reply.code(304).send();
  return reply.code(200).type(JSON_TYPE).send(text);
}

/** Aborts when the client has gone, or has all. */
function untilClosed(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  reply.raw.once("close", () => controller.abort());
  return controller.signal;
}

/** OPTIONS, and every method that leads nowhere: told before anything of a body is read. */
function addOtherMethods(app: FastifyInstance, path: string, routes: readonly RestRoute[]): void {
  const methods = new Set<string>(routes.map(({ method }) => method));
  if (methods.has("GET")) methods.add("HEAD");
  const allow = [...methods, "OPTIONS"].join(", ");
  const url = urlPattern(path);
  app.route({
    method: METHODS.filter((method) => !methods.has(method)),
    url,
    onRequest: async (request, reply) =>
      reply
        .code(405)
        .header("allow", allow)
        .type(PROBLEM_TYPE)
        .send(problem(405, "method_not_supported", `${path} answers to ${allow}.`, request.id)),
    handler: () => undefined,
  });
  app.route({
    method: "OPTIONS",
    url,
    onRequest: async (_request, reply) => reply.code(204).header("allow", allow).send(),
    handler: () => undefined,
  });
}

/** `/api/v4/alerts/{id}` as Fastify writes it. */
const urlPattern = (path: string): string => path.replaceAll(/\{([^}]+)\}/g, ":$1");

const maximumBodyBytes = ({ runtime }: Answering): number =>
  (runtime?.config ?? defaultConfig).operations.maximumInputBytes + LIMITS.envelopeBytes;
