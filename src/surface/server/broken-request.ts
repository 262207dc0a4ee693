import type { Socket } from "node:net";
import { PROBLEM_TYPE, problem } from "./problem.ts";
import { SECURITY_HEADERS } from "./security-headers.ts";

/** Not HTTP, or headers that are too large or too slow: there is no request to answer, only a socket. */
export function answerBrokenRequest(error: { readonly code?: string }, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, code] = BROKEN[error.code ?? ""] ?? [400, "bad_request"];
  const answer = problem(status, code, "The request could not be read as HTTP within this server's limits.");
  const body = JSON.stringify(answer);
  const headers = {
    "content-type": PROBLEM_TYPE,
    "content-length": Buffer.byteLength(body),
    connection: "close",
    ...SECURITY_HEADERS,
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  socket.end(`HTTP/1.1 ${status} ${answer.title}\r\n${lines.join("\r\n")}\r\n\r\n${body}`);
}

const BROKEN: Readonly<Record<string, readonly [number, string]>> = {
  HPE_HEADER_OVERFLOW: [431, "headers_too_large"],
  ERR_HTTP_REQUEST_TIMEOUT: [408, "request_timeout"],
};
