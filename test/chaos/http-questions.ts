/** A question to a tRPC server, spelt out, so that nothing of the product's client stands between. */

export interface HttpAnswer {
  /** 0: nobody listens there, or the connection broke before an answer. */
  readonly status: number;
  /** What a procedure returned; undefined for anything else. */
  readonly data: unknown;
}

const NOBODY: HttpAnswer = { status: 0, data: undefined };

export const query = (port: number, path: string, input?: unknown): Promise<HttpAnswer> =>
  ask(port, input === undefined ? path : `${path}?input=${encodeURIComponent(JSON.stringify(input))}`, {});

export const mutate = (port: number, path: string, input: unknown): Promise<HttpAnswer> =>
  ask(port, path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(input),
  });

async function ask(port: number, path: string, init: RequestInit): Promise<HttpAnswer> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/trpc/${path}`, init);
    const body = (await response.json()) as { readonly result?: { readonly data: unknown } };
    return { status: response.status, data: body.result?.data };
  } catch {
    return NOBODY;
  }
}
