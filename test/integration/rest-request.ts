import { rawRequest, type RawAnswer } from "./server-kitchen.ts";

export const IS_PROBLEM = "application/problem+json; charset=utf-8";

/** `"POST /api/v4/…"` with a body that becomes JSON; text stays as it is. */
export function rest(
  url: string,
  request: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<RawAnswer> {
  const [method = "GET", path = "/"] = request.split(/ (.*)/s);
  if (body === undefined) return rawRequest(`${url}${path}`, { method, headers });
  return rawRequest(`${url}${path}`, {
    method,
    headers: { "content-type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

export interface ServerSentEvent {
  readonly id: string | undefined;
  readonly event: string | undefined;
  readonly data: unknown;
}

/** Reads server-sent events as they come. Breaking out of the loop closes the connection. */
export async function* readEvents(
  address: string,
  headers: Readonly<Record<string, string>> = {},
): AsyncGenerator<ServerSentEvent> {
  const controller = new AbortController();
  try {
    const response = await fetch(address, { headers, signal: controller.signal });
    if (response.headers.get("content-type") !== "text/event-stream; charset=utf-8" || response.body === null)
      throw new Error(`no events: ${response.status} ${await response.text()}`);
    let text = "";
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      const blocks = text.split("\n\n");
      text = blocks.pop() ?? "";
      for (const block of blocks) {
        const fields = new Map(block.split("\n").map((line) => line.split(/: (.*)/s, 2) as [string, string]));
        const data = fields.get("data");
        if (data !== undefined) yield { id: fields.get("id"), event: fields.get("event"), data: JSON.parse(data) };
      }
    }
  } finally {
    controller.abort();
  }
}
