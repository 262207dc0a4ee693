import { request as httpRequest } from "node:http";

/** A request as it goes over the wire. */
export interface Sent {
  readonly method: string;
  /** Path and query, encoded. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

export interface Received {
  readonly status: number;
  readonly headers: string;
  readonly text: string;
}

/** How much of an answer is read at most; a stream is left after its first bytes. */
const STREAM_BYTES = 1;
const TIMEOUT_MS = 20_000;
/**
 * A body that is announced as too large is refused before it is read, and the connection closed: who goes on writing
 * may lose that answer with it. So a large one is sent only when its head was not answered within this.
 */
const LARGE_BYTES = 64 * 1_024;
const LOOK_FIRST_MS = 500;

/** Sends it through a real socket; a connection that breaks is an answer of status 0. */
export function send(url: string, { method, target, headers, body }: Sent, isStream: boolean): Promise<Received> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const fail = (error: Error) => resolve({ status: 0, headers: "", text: error.message });
    const request = httpRequest(
      { hostname, port, method, path: target, headers, timeout: TIMEOUT_MS, agent: false },
      (response) => {
        const chunks: Buffer[] = [];
        const done = () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.rawHeaders.join("\n"),
            text: Buffer.concat(chunks).toString(),
          });
        response.on("data", (chunk: Buffer) => {
          chunks.push(chunk);
          if (isStream && response.statusCode === 200 && chunk.length >= STREAM_BYTES) {
            done();
            request.destroy();
          }
        });
        response.on("end", done);
        response.on("error", done);
      },
    );
    request.on("timeout", () => request.destroy(new Error("no answer in time")));
    request.on("error", fail);
    if (body === undefined || body.length < LARGE_BYTES) {
      request.end(body);
      return;
    }
    request.setHeader("content-length", Buffer.byteLength(body));
    request.flushHeaders();
    const sendBody = setTimeout(() => request.end(body), LOOK_FIRST_MS);
    request.on("response", () => clearTimeout(sendBody));
    request.on("close", () => clearTimeout(sendBody));
  });
}
