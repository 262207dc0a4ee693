import { httpLink, httpSubscriptionLink, TRPCClientError, type TRPCLink } from "@trpc/client";
import { observable } from "@trpc/server/observable";
import { LastingEventSource } from "./lasting-event-source.ts";
import type { AppRouter } from "../../../routers/app.router.ts";
import { expectTrpc, MAY_PASS } from "./authorized-fetch.ts";
import { callErrorOf, HoldfastCallError } from "./call-error.ts";
import { headersOf } from "./call-options.ts";

/** One request per call: batches wait for a timer tick, which between servers is a loss. */
export const callLink = (url: string, send: typeof fetch): TRPCLink<AppRouter> =>
  httpLink({
    url,
    // What the link gives is what `fetch` takes; its own type of it is wider.
    fetch: async (input, init) => expectTrpc(await send(input, init as RequestInit)),
    headers: ({ op }) => headersOf(op.context),
  });

/**
 * Server-sent events. An EventSource comes back after a lost connection, but gives up for good at any status that is
 * not 200, a server's "not now" among them, and does not say what the answer was. So the first are made lost
 * connections, and the others are read before it sees them.
 */
export const subscriptionLink =
  (url: string, send: typeof fetch): TRPCLink<AppRouter> =>
  (runtime) =>
  ({ op, next }) => {
    let refusal: HoldfastCallError | undefined;
    const subscribe = httpSubscriptionLink<AppRouter, typeof LastingEventSource>({
      url,
      EventSource: LastingEventSource,
      eventSourceOptions: {
        fetch: async (input, init) => {
          try {
            const response = await send(input, { ...init, headers: { ...headersOf(op.context), ...init.headers } });
            if (response.ok && isStream(response)) return response;
            if (MAY_PASS.has(response.status)) {
              await response.body?.cancel();
              throw new HoldfastCallError("not_connected", "It cannot now.", { retryable: true });
            }
            refusal = await refusalIn(response);
          } catch (error) {
            if (!(error instanceof HoldfastCallError) || error.retryable) throw error;
            refusal = error;
          }
          return new Response(null, { status: 400 });
        },
      },
    })(runtime);
    return observable((observer) =>
      subscribe({ op, next }).subscribe({
        next: (value) => observer.next(value),
        error: (error) => observer.error(refusal ?? error),
        complete: () => observer.complete(),
      }),
    );
  };

const isStream = ({ headers }: Response): boolean => /^text\/event-stream\b/.test(headers.get("content-type") ?? "");

/** @throws HoldfastCallError where it is not tRPC's */
async function refusalIn(response: Response): Promise<HoldfastCallError> {
  const answer: unknown = await (await expectTrpc(response)).json();
  return callErrorOf(TRPCClientError.from<AppRouter>(Object(answer)));
}

/** Whatever goes wrong in a call is told as a `HoldfastCallError`. */
export const tellingLink: TRPCLink<AppRouter> =
  () =>
  ({ op, next }) =>
    observable((observer) =>
      next(op).subscribe({
        next: (value) => observer.next(value),
        error: (error) => observer.error(callErrorOf(error)),
        complete: () => observer.complete(),
      }),
    );
