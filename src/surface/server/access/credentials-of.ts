import type { FastifyRequest } from "fastify";
import { sessionOf } from "./session-cookie.ts";

/** What a request brings to prove who it is from. */
export type Credentials =
  | { readonly kind: "none" }
  /** `secret` is empty where the header cannot be read. */
  | { readonly kind: "bearer"; readonly secret: string }
  | { readonly kind: "session"; readonly secret: string };

/** The header counts where both are there: who sends it says what it means. */
export function credentialsOf(request: FastifyRequest, port: number): Credentials {
  const { authorization } = request.headers;
  if (authorization !== undefined)
    return { kind: "bearer", secret: /^Bearer +([\x21-\x7e]+) *$/i.exec(authorization)?.[1] ?? "" };
  const session = sessionOf(request.headers.cookie, port);
  return session === undefined ? { kind: "none" } : { kind: "session", secret: session };
}
