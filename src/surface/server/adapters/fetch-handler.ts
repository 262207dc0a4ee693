import { AsyncLocalStorage } from "node:async_hooks";
import { Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";
import { fastify, type FastifyInstance, type InjectOptions } from "fastify";
import { SECURITY_HEADERS } from "../security-headers.ts";
import { answerNotFound, errorAnswer } from "../answer-error.ts";
import type { Principal } from "../../../operations/principal.ts";
import { silentLogger } from "../../../ports.ts";
import { LIMITS } from "../limits.ts";
import { fastifyHoldfast, type MountOptions } from "./fastify-holdfast.ts";

export interface FetchHandlerOptions extends MountOptions {
  /** Who makes a request, as the host's own sign-in has found; asked once for each. Undefined: nobody, and that is 401. */
  readonly principal: (request: Request) => Principal | undefined | Promise<Principal | undefined>;
  /** Where the host mounts it: `/holdfast`. Requests to other paths are answered 404. Default: at the root. */
  readonly prefix?: string;
}

/**
 * Holdfast for a host that speaks `Request` and `Response` (Hono, Next.js, SvelteKit, …), on Node: all that
 * `fastifyHoldfast` mounts, subscriptions included. A subscription ends with its request's signal, or when the
 * response's body is cancelled.
 *
 * @example
 * const handle = holdfastFetchHandler({ runtime, prefix: "/holdfast", principal: (request) => signedIn(request) });
 * hono.all("/holdfast/*", (context) => handle(context.req.raw));
 */
export function holdfastFetchHandler(options: FetchHandlerOptions): (request: Request) => Promise<Response> {
  const { prefix = "", logger = silentLogger } = options;
  const asked = new AsyncLocalStorage<Request>();
  let ready: Promise<FastifyInstance> | undefined;

  return async (request) => {
    ready ??= open();
    const app = await ready;
    return asked.run(request, () => answer(app, request));
  };

  async function open(): Promise<FastifyInstance> {
    const app = fastify({ logger: false, routerOptions: { maxParamLength: LIMITS.pathLength } });
    app.setErrorHandler(errorAnswer(logger));
    app.setNotFoundHandler((request, reply) => answerNotFound(request, reply.headers(SECURITY_HEADERS)));
    const principal = () => {
      const request = asked.getStore();
      return request === undefined ? undefined : options.principal(request);
    };
    await app.register(fastifyHoldfast, { ...options, prefix, principal });
    await app.ready();
    return app;
  }
}

async function answer(app: FastifyInstance, request: Request): Promise<Response> {
  const { pathname, search, host } = new URL(request.url);
  const gone = new AbortController();
  const answered = await app.inject({
    method: request.method as NonNullable<InjectOptions["method"]>,
    url: `${pathname}${search}`,
    headers: { ...Object.fromEntries(request.headers), host },
    ...(request.body !== null && { payload: Readable.fromWeb(request.body as ReadableStream) }),
    payloadAsStream: true,
    signal: AbortSignal.any([request.signal, gone.signal]),
  });
  const headers = new Headers();
  for (const [name, value] of Object.entries(answered.headers))
    for (const each of [value].flat()) if (each !== undefined) headers.append(name, String(each));
  const { statusCode: status } = answered;
  const hasBody = request.method !== "HEAD" && status !== 204 && status !== 304;
  return new Response(hasBody ? cancellable(answered.stream(), gone) : null, { status, headers });
}

/** Whoever cancels the body ends what writes it. */
function cancellable(stream: Readable, gone: AbortController): globalThis.ReadableStream<Uint8Array> {
  const chunks = Readable.toWeb(stream).getReader();
  return new globalThis.ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await chunks.read();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel() {
      gone.abort();
    },
  });
}
