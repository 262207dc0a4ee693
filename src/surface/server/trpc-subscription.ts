import { getTRPCErrorFromUnknown } from "@trpc/server";
import type { FastifyReply, FastifyRequest } from "fastify";
import { appRouter } from "../../../routers/app.router.ts";
import { declaredErrorShape } from "../../../routers/error-shape.ts";
import { toTRPCError } from "../../../routers/middleware/to-trpc-error.ts";
import { type RestRoute, restRoutes } from "../../../routers/rest/rest-route.ts";
import type { Logger } from "../../ports.ts";
import { type EventWords, eventStream } from "./event-stream.ts";
import { makeContext } from "./make-context.ts";
import { logFault } from "./rest-problem.ts";
import type { Answering } from "./served.ts";

/*
 * tRPC's own way of a subscription leads each of its items through five web streams of its subscriber: a thousand
 * subscribers cost 300 MB and a quarter of a second. This one writes the same events (tRPC's `sse.ts`) into one Node
 * stream, their JSON once for all subscribers.
 */

const SUBSCRIPTIONS = new Map(
  restRoutes(appRouter)
    .filter(({ type }) => type === "subscription")
    .map((route) => [route.procedure, route]),
);

/** What tRPC's clients are told at the beginning, as `sse.client` of routers/trpc.ts says. */
const CLIENT = appRouter._def._config.sse?.client ?? {};

/**
 * Answers a request for a subscription.
 *
 * @returns undefined for whatever else it is: tRPC answers that
 */
export function sendSubscription(
  path: string,
  request: FastifyRequest,
  reply: FastifyReply,
  { served, logger }: { readonly served: Answering; readonly logger: Logger },
): Promise<FastifyReply> | undefined {
  const route = SUBSCRIPTIONS.get(path);
  const input = route === undefined || request.method !== "GET" ? NOT_READ : inputOf(request);
  return route === undefined || input === NOT_READ ? undefined : send(route, input);

  async function send({ procedure, type, meta, call }: RestRoute, given: unknown): Promise<FastifyReply> {
    const shapeOf = (cause: unknown) => {
      const error = toTRPCError(cause) ?? getTRPCErrorFromUnknown(cause);
      logFault(error, { requestId: request.id, path }, logger);
      return declaredErrorShape(error, { path, requestId: request.id }, meta.reasons);
    };
    let items: AsyncIterable<unknown>;
    try {
      const ctx = makeContext(served, request);
      const left = new AbortController();
      reply.raw.once("close", () => left.abort());
      const getRawInput = async () => given;
      const asked = { path: procedure, type, ctx, getRawInput, signal: left.signal, batchIndex: 0 };
      items = (await call(asked)) as AsyncIterable<unknown>;
    } catch (cause) {
      const error = shapeOf(cause);
      return reply.code(error.data.httpStatus).type("application/json").send({ error });
    }
    // A proxy that waits for a buffer to fill would tell events late.
    reply.type("text/event-stream").header("x-accel-buffering", "no");
    return reply.send(eventStream(items, trpcEvents(shapeOf)));
  }
}

const trpcEvents = (shapeOf: (error: unknown) => unknown): EventWords => ({
  hello: `event: connected\ndata: ${JSON.stringify(CLIENT)}\n\n`,
  ping: "event: ping\ndata: \n\n",
  error: (error) => `event: serialized-error\ndata: ${JSON.stringify(shapeOf(error))}\n\n`,
  bye: "event: return\ndata: \n\n",
});

const NOT_READ = Symbol("not read here");

/** As tRPC reads it: JSON in the query, and in it where a reader that comes back was. */
function inputOf({ url, headers }: FastifyRequest): unknown {
  const query = new URLSearchParams(url.split("?", 2)[1] ?? "");
  if (query.has("batch") || query.has("connectionParams")) return NOT_READ;
  let input: unknown;
  try {
    const text = query.get("input");
    input = text === null ? undefined : JSON.parse(text);
  } catch {
    return NOT_READ;
  }
  const lastEventId = headers["last-event-id"] ?? query.get("lastEventId") ?? query.get("Last-Event-Id");
  if (lastEventId === null || lastEventId === "") return input;
  return typeof input === "object" && input !== null ? { ...input, lastEventId } : { lastEventId };
}
