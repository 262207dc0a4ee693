import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Logger } from "../../ports.ts";
import { type ConsoleFile, readConsoleFiles } from "./console/console-files.ts";
import { findConsole } from "./console/find-console.ts";
import { problem, PROBLEM_TYPE } from "./problem.ts";

/** What the console may do in a browser: talk to this server, and nothing from anywhere else. */
const CONSOLE_POLICY = [
  "default-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join("; ");

type Files = ReadonlyMap<string, ConsoleFile>;

/** The console at `/`, its files under `/console/`. They hold nothing secret: whoever reads them knows no more. */
export function addConsoleRoutes(app: FastifyInstance, logger: Logger): void {
  let loading: Promise<Files | undefined> | undefined;

  app.get("/", async (request, reply) => {
    // The page names its files from where it is, which has a slash at its end.
    if (app.prefix !== "" && request.url.split("?", 1)[0] === app.prefix) return reply.redirect(`${app.prefix}/`, 308);
    return answer(request, reply, "index.html");
  });
  app.get<{ Params: { name: string } }>("/console/:name", async (request, reply) =>
    answer(request, reply, request.params.name),
  );

  async function answer(request: FastifyRequest, reply: FastifyReply, name: string): Promise<FastifyReply> {
    const file = (await files())?.get(name);
    if (file === undefined) return notThere(request, reply, name);
    reply.headers({
      etag: file.etag,
      vary: "accept-encoding",
      "content-security-policy": CONSOLE_POLICY,
      "cache-control": file.isForGood ? "public, max-age=31536000, immutable" : "no-cache",
    });
    if (request.headers["if-none-match"] === file.etag) return reply.code(304).send();
    const takesGzip = /\bgzip\b/.test(request.headers["accept-encoding"] ?? "");
    if (takesGzip) reply.header("content-encoding", "gzip");
    return reply.type(file.type).send(takesGzip ? file.gzipped : file.plain);
  }

  /** Once per process; what failed is tried again at the next request. */
  function files(): Promise<Files | undefined> {
    loading ??= load().catch((error: unknown) => {
      loading = undefined;
      logger.error({ why: whyNot(error) }, "the console could not be built");
      return undefined;
    });
    return loading;
  }
}

async function load(): Promise<Files | undefined> {
  const folder = await findConsole();
  return folder === undefined ? undefined : readConsoleFiles(folder);
}

/** What the builder said; it reads nothing but the sources of this repository. */
function whyNot(error: unknown): string {
  const { stderr, message } = error as { readonly stderr?: string; readonly message?: string };
  return (stderr ?? message ?? "unknown").slice(0, 2_000);
}

const notThere = (request: FastifyRequest, reply: FastifyReply, name: string): FastifyReply =>
  reply
    .code(404)
    .type(PROBLEM_TYPE)
    .send(
      problem(
        404,
        "not_found",
        name === "index.html"
          ? "The console is not part of this installation, or could not be built: the server's log says why."
          : `There is nothing at ${request.method} ${request.url.split("?", 1)[0]}.`,
        request.id,
      ),
    );
