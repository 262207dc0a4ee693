import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { HoldfastError } from "../../../errors.ts";
import type { Runtime } from "../../../runtime.ts";
import type { Served } from "../served.ts";
import { credentialsOf } from "./credentials-of.ts";
import { unauthenticated } from "./gate.ts";
import { sendRefusal } from "./guard-requests.ts";
import { noSessionCookie, sessionCookie } from "./session-cookie.ts";

/**
 * How a browser comes to a session: `/?token=` for a link, `POST /session` for a token that a person typed, `GET
 * /session` for who it is, `DELETE /session` for signing out.
 */
export function addSessionRoutes(app: FastifyInstance, served: Served): void {
  const { gate } = served;
  const isSecure = ({ protocol }: FastifyRequest): boolean => protocol === "https";

  app.addHook("onRequest", async (request, reply) => {
    const secret = secretInLink(request);
    if (secret === undefined) return undefined;
    // The token must not stay in the address bar, nor in the browser's history.
    const { runtime } = served;
    if (runtime === undefined) return reply.redirect("/?sign-in=starting", 303);
    const isSignedIn = await signIn(runtime, secret, request, reply).catch(() => false);
    return reply.redirect(isSignedIn === false && !hasSession(runtime, request) ? "/?sign-in=failed" : "/", 303);
  });

  app.post("/session", async (request, reply) => {
    try {
      const runtime = opened();
      const credentials = credentialsOf(request, served.port);
      if (credentials.kind !== "bearer") throw unauthenticated();
      const signedIn = await signIn(runtime, credentials.secret, request, reply);
      return reply.code(201).send(signedIn);
    } catch (error) {
      return sendRefusal(error, request, reply);
    }
  });

  app.get("/session", async (request, reply) => {
    try {
      const runtime = opened();
      const { principal, token } = gate.callerOf(request, runtime);
      const { expiresAt } = runtime.tokens.find(token) ?? {};
      return reply.send({ principal, mode: served.mode, ...(expiresAt === undefined ? {} : { expiresAt }) });
    } catch (error) {
      return sendRefusal(error, request, reply);
    }
  });

  app.delete("/session", async (request, reply) => {
    try {
      const credentials = credentialsOf(request, served.port);
      if (credentials.kind === "session") {
        gate.checkSameSite(request);
        await opened().tokens.sessions.signOut(credentials.secret);
      }
      return reply
        .header("set-cookie", noSessionCookie(served.port, isSecure(request)))
        .code(204)
        .send();
    } catch (error) {
      return sendRefusal(error, request, reply);
    }
  });

  function opened(): Runtime {
    if (served.runtime !== undefined) return served.runtime;
    throw new HoldfastError("starting", "The journal is being opened; ask again in a moment.", { retryable: true });
  }

  function hasSession({ tokens }: Runtime, request: FastifyRequest): boolean {
    const credentials = credentialsOf(request, served.port);
    return credentials.kind === "session" && tokens.sessions.verify(credentials.secret).status === "proven";
  }

  async function signIn({ tokens }: Runtime, secret: string, request: FastifyRequest, reply: FastifyReply) {
    const signedIn = await tokens.sessions.signIn(secret);
    if (signedIn === undefined) {
      const why = tokens.verify(secret);
      throw gate.refuse(request, why.status === "unproven" ? why : { status: "unproven", why: "unknown" });
    }
    const { expiresAt } = signedIn;
    const cookie = sessionCookie(signedIn.secret, expiresAt - Date.now(), served.port, isSecure(request));
    reply.header("set-cookie", cookie);
    return { expiresAt, principal: signedIn.principal, mode: served.mode };
  }
}

/** Only where a browser was sent: nowhere else is a credential read from an address. */
function secretInLink({ method, url }: FastifyRequest): string | undefined {
  if (method !== "GET" || !url.startsWith("/?")) return undefined;
  return new URLSearchParams(url.slice(2)).get("token") ?? undefined;
}
