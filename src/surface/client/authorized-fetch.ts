import { type ClientReason, HoldfastCallError } from "./call-error.ts";

/** A token, or where to get one. `refused` is true when the server has just turned down the last one. */
export type TokenSource = string | ((asked: { readonly refused: boolean }) => string | Promise<string>);

export interface Sending {
  readonly fetch: typeof fetch;
  readonly token: TokenSource | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * `fetch` with our headers. A token that comes from a function is asked for once more where the server turned it down
 * (nothing was executed then), and the request is sent again.
 *
 * @throws HoldfastCallError `not_connected`, `not_holdfast`, `invalid_token`, and what a Holdfast server said without tRPC
 */
export const authorizedFetch =
  ({ fetch: fetchWith, token, headers }: Sending): typeof fetch =>
  async (input, init = {}) => {
    const send = async (refused: boolean): Promise<Response> => {
      const all = new Headers(init.headers);
      for (const [name, value] of Object.entries(headers)) if (!all.has(name)) all.set(name, value);
      const given = typeof token === "function" ? await askFor(token, refused) : token;
      if (given !== undefined) all.set("authorization", `Bearer ${checked(given)}`);
      return connect(fetchWith, input, { ...init, headers: all });
    };
    const response = await send(false);
    if (response.status !== 401 || typeof token !== "function") return response;
    await response.body?.cancel();
    return send(true);
  };

async function askFor(token: Exclude<TokenSource, string>, refused: boolean): Promise<string> {
  try {
    return await token({ refused });
  } catch (cause) {
    throw new HoldfastCallError("unauthenticated", "There is no token to send: the function that gives it failed.", {
      cause,
    });
  }
}

async function connect(
  fetchWith: typeof fetch,
  input: Parameters<typeof fetch>[0],
  init: RequestInit,
): Promise<Response> {
  try {
    return await fetchWith(input, init);
  } catch (cause) {
    if (init.signal?.aborted === true) throw cause;
    throw new HoldfastCallError("not_connected", `Cannot connect to ${originOf(input)}${detailOf(cause)}.`, {
      cause,
      retryable: true,
    });
  }
}

/** What answered is a Holdfast server's tRPC, or an error says what it is instead. */
export async function expectTrpc(response: Response): Promise<Response> {
  const type = response.headers.get("content-type") ?? "";
  if (/^application\/json\b/.test(type) || (response.ok && /^text\/event-stream\b/.test(type))) return response;
  throw await strangeAnswer(response, type);
}

async function strangeAnswer(response: Response, type: string): Promise<HoldfastCallError> {
  const { status: httpStatus, url } = response;
  if (/^application\/problem\+json\b/.test(type)) {
    const problem: unknown = await response.json().catch(() => undefined);
    if (isProblem(problem))
      return new HoldfastCallError(httpStatus === 401 ? "unauthenticated" : problem.code, problem.detail, {
        httpStatus,
        retryable: MAY_PASS.has(httpStatus),
      });
  }
  await response.body?.cancel();
  const isOnTheWay = MAY_PASS.has(httpStatus);
  const reason: ClientReason = isOnTheWay ? "not_connected" : "not_holdfast";
  const what = isOnTheWay
    ? `What stands before the server answered ${httpStatus} for it`
    : `What answered at ${originOf(url)} (${httpStatus}, ${type === "" ? "no type" : type.split(";", 1)[0]}) is no Holdfast server: check the url`;
  return new HoldfastCallError(reason, `${what}.`, { httpStatus, retryable: isOnTheWay });
}

/** Statuses by which a server, or what stands before it, says "not now". */
export const MAY_PASS: ReadonlySet<number> = new Set([408, 429, 502, 503, 504]);

const isProblem = (value: unknown): value is { readonly code: string; readonly detail: string } =>
  typeof value === "object" &&
  value !== null &&
  "code" in value &&
  typeof value.code === "string" &&
  "detail" in value &&
  typeof value.detail === "string";

/** The platform's own message about a header that it cannot send shows the header. */
function checked(token: string): string {
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new HoldfastCallError(
    "invalid_token",
    "The token is empty or has characters that no header can carry: a line break at its end, most likely.",
  );
}

function originOf(input: Parameters<typeof fetch>[0]): string {
  try {
    return new URL(input instanceof Request ? input.url : input).origin;
  } catch {
    return "the server";
  }
}

/** ` (ECONNREFUSED)`: the codes of the platform, never its words. */
function detailOf(cause: unknown): string {
  for (let error = cause, depth = 0; error instanceof Error && depth < 4; error = error.cause, depth++)
    if ("code" in error && typeof error.code === "string" && /^[A-Z][A-Z0-9_]+$/.test(error.code))
      return ` (${error.code})`;
  return "";
}
