import { createTRPCClient, splitLink } from "@trpc/client";
import type { AppRouter } from "../../../routers/app.router.ts";
import { authorizedFetch, type TokenSource } from "./authorized-fetch.ts";
import type { HoldfastClient } from "./client-types.ts";
import { callLink, subscriptionLink, tellingLink } from "./links.ts";
import { withChanges } from "./subscriptions.ts";

export interface HoldfastClientOptions {
  /** Where the server is: `http://127.0.0.1:4400`, or wherever it is mounted. */
  readonly url: string | URL;
  /**
   * A bearer token (`hf_…`), or a function that gives one; it is asked at every request, so it should remember, and
   * once more with `refused: true` when the server turned the last one down.
   */
  readonly token?: TokenSource;
  /** Instead of the global one, for tests and proxies. */
  readonly fetch?: typeof fetch;
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * One request per call, and server-sent events for subscriptions, which come back by themselves after a lost
 * connection and go on where they were. Nothing is sent before the first call.
 *
 * @throws TypeError for a url that is none, or not of http
 */
export function createHoldfastClient(options: HoldfastClientOptions): HoldfastClient {
  const { url, token, fetch: fetchWith = globalThis.fetch, headers = {} } = options;
  const trpcUrl = `${checked(url)}/trpc`;
  // Called on its own: a browser's refuses to be called as somebody's method.
  const send = authorizedFetch({ fetch: (input, init) => fetchWith(input, init), token, headers });
  const client = createTRPCClient<AppRouter>({
    links: [
      tellingLink,
      splitLink({
        condition: ({ type }) => type === "subscription",
        true: subscriptionLink(trpcUrl, send),
        false: callLink(trpcUrl, send),
      }),
    ],
  });
  return withChanges(client) as HoldfastClient;
}

function checked(url: string | URL): string {
  const text = String(url);
  const parsed = URL.parse(text);
  if (parsed === null || !/^https?:$/.test(parsed.protocol))
    throw new TypeError("The url of a Holdfast client is that of its server: http://127.0.0.1:4400");
  if (parsed.username !== "" || parsed.password !== "")
    throw new TypeError("The url of a Holdfast client carries no credentials: give a token.");
  return text.replace(/\/+$/, "");
}
