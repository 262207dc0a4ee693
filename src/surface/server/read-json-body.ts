import type { IncomingMessage } from "node:http";
import { HoldfastError, InvalidValueError } from "../../errors.ts";

/**
 * The JSON of a request's body; undefined where there is none.
 *
 * @throws HoldfastError `payload_too_large`
 * @throws InvalidValueError `invalid_json`, `invalid_encoding`, `bad_request`
 */
export async function readJsonBody(request: IncomingMessage, maximumBytes: number): Promise<unknown> {
  const text = await readText(request, maximumBytes);
  if (text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the body.
    throw new InvalidValueError("invalid_json", "$", "The body is not JSON.");
  }
}

/**
 * The text of a request's body. Never holds more than the limit.
 *
 * @throws HoldfastError `payload_too_large`
 * @throws InvalidValueError `invalid_encoding`, `bad_request`: who sends it has gone
 */
export async function readText(request: IncomingMessage, maximumBytes: number): Promise<string> {
  if (Number(request.headers["content-length"] ?? 0) > maximumBytes) throw tooLarge(maximumBytes);
  const bytes = await readBytes(request, maximumBytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new InvalidValueError("invalid_encoding", "$", "The body is not UTF-8.");
  }
}

/** By events: leaving a `for await` would destroy the connection before the refusal could be answered. */
function readBytes(request: IncomingMessage, maximumBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on("data", (chunk: Buffer) => {
      length += chunk.length;
      if (length > maximumBytes) {
        chunks.length = 0;
        reject(tooLarge(maximumBytes));
      } else chunks.push(chunk);
    });
    request.on("end", () => resolve(Buffer.concat(chunks)));
    request.on("error", () =>
      reject(new InvalidValueError("bad_request", "$", "The request ended before its body did.")),
    );
  });
}

const tooLarge = (maximumBytes: number): HoldfastError =>
  new HoldfastError(
    "payload_too_large",
    `A request body may have ${maximumBytes} bytes at most. Store large things elsewhere and send a reference.`,
  );
