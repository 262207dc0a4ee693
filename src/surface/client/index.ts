/**
 * `holdfast/client`: a typed client for a Holdfast server. Types and a thin HTTP link, no server code.
 *
 * @example
 * const holdfast = createHoldfastClient({ url: "http://127.0.0.1:4400" });
 * const outcome = await holdfast.operations.submit.mutate({ name: "document.ingest", input });
 * if (outcome.status === "refused") console.log(outcome.reason, outcome.retryAfterSeconds);
 *
 * @module
 */
import {
  createTRPCClient,
  httpLink,
  httpSubscriptionLink,
  splitLink,
  type TRPCClient,
  TRPCClientError,
} from "@trpc/client";
import type { inferRouterInputs, inferRouterOutputs } from "@trpc/server";
import { EventSource } from "eventsource";
import type { AppRouter, ErrorData } from "../../../routers/app.router.ts";

export interface HoldfastClientOptions {
  /** Where the server is: `http://127.0.0.1:4400`. */
  readonly url: string | URL;
  /** Instead of the global one, for tests and proxies. */
  readonly fetch?: typeof fetch;
}

/** Every procedure with `.query()`, `.mutate()` or `.subscribe()`, its input and its answer typed. */
export type HoldfastClient = TRPCClient<AppRouter>;

/** `HoldfastInputs["operations"]["submit"]` */
export type HoldfastInputs = inferRouterInputs<AppRouter>;

/** `HoldfastOutputs["degradation"]["status"]` */
export type HoldfastOutputs = inferRouterOutputs<AppRouter>;

/**
 * One request per call: batches wait for a timer tick, which between servers is a loss. Subscriptions are server-sent
 * events, which come back by themselves after a lost connection and go on where they were.
 */
export function createHoldfastClient({ url, fetch: fetchWith }: HoldfastClientOptions): HoldfastClient {
  const trpcUrl = `${String(url).replace(/\/+$/, "")}/trpc`;
  // The link's own type of `fetch` is wider in what it gives: what it gives is what `fetch` takes.
  const through =
    fetchWith === undefined
      ? {}
      : { fetch: (input: string | URL | Request, init?: unknown) => fetchWith(input, init as RequestInit) };
  return createTRPCClient<AppRouter>({
    links: [
      splitLink({
        condition: ({ type }) => type === "subscription",
        // Node has no EventSource of its own.
        true: httpSubscriptionLink({ url: trpcUrl, EventSource, eventSourceOptions: through }),
        false: httpLink({ url: trpcUrl, ...through }),
      }),
    ],
  });
}

/**
 * What the server said about a call that threw: a stable `reason`, whether to try again, where an input is wrong.
 * Undefined when it was not the server who said it (no connection, no JSON).
 */
export function holdfastErrorOf(error: unknown): (ErrorData & { readonly message: string }) | undefined {
  if (!(error instanceof TRPCClientError)) return undefined;
  const { data, message } = error as TRPCClientError<AppRouter>;
  return data?.reason === undefined ? undefined : { ...data, message };
}

export type { AppRouter, ErrorData } from "../../../routers/app.router.ts";
