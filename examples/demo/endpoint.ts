import { createServer, type IncomingMessage, type Server } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { Answer } from "./answer.ts";

const LARGEST_BODY_BYTES = 4 * 1_024 * 1_024;

/** The service's door: `POST /operations` on a port of this machine, any free one by default. The answer becomes a status code, as a service would. */
export async function openEndpoint(
  submit: (input: unknown, idempotencyKey: string) => Promise<Answer>,
  port = 0,
): Promise<{ readonly port: number; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    const say = (code: number, answer: Answer): void => {
      response.writeHead(code, { "content-type": "application/json" }).end(JSON.stringify(answer));
    };
    const idempotencyKey = request.headers["idempotency-key"];
    if (request.method !== "POST" || request.url !== "/operations" || typeof idempotencyKey !== "string")
      return say(404, {
        status: "refused",
        reason: "unknown",
        message: "POST /operations with an idempotency-key.",
        retryAfterSeconds: 0,
      });
    readBody(request)
      .then(async (body) => submit(JSON.parse(body), idempotencyKey))
      .then((answer) => say(CODES[answer.status], answer))
      .catch((error: unknown) => {
        process.stderr.write(`The demo's endpoint failed: ${error instanceof Error ? error.stack : String(error)}\n`);
        request.destroy();
      });
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return { port: (server.address() as AddressInfo).port, close: () => close(server) };
}

const CODES = { completed: 200, queued: 202, refused: 503, failed: 500 } as const;

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > LARGEST_BODY_BYTES) throw new RangeError(`The body is larger than ${LARGEST_BODY_BYTES} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
