import { initTRPC } from "@trpc/server";
import type { Context } from "./context.ts";
import { errorShape } from "./error-shape.ts";
import { authorize } from "./middleware/authorize.ts";
import { toTRPCError } from "./middleware/to-trpc-error.ts";
import type { ASKED_BY_OPERATION, Permission } from "./permissions.ts";

/** Where a procedure is found over REST; names in braces are fields of its input: `POST /api/v4/alerts/{id}/resolve`. */
export type RestRoute = `${"GET" | "POST" | "PUT" | "PATCH" | "DELETE"} /api/v4/${string}`;

/** What a procedure declares about itself: the checks, the REST projection and the OpenAPI document read it. */
export interface ProcedureMeta {
  readonly permission: Permission | typeof ASKED_BY_OPERATION;
  readonly rest: RestRoute;
  /** What it does, in a sentence or two. */
  readonly summary: string;
  /** What it answers is something that was not there before: 201. */
  readonly creates?: true;
}

const t = initTRPC
  .context<Context>()
  .meta<ProcedureMeta>()
  .create({
    // Taken from NODE_ENV otherwise, and then it sends stack traces to callers.
    isDev: false,
    errorFormatter: ({ error, path, ctx }) => errorShape(error, { path, requestId: ctx?.requestId }),
  });

const translatesErrors = t.middleware(async ({ next }) => {
  const result = await next();
  const translated = result.ok ? undefined : toTRPCError(result.error.cause);
  if (translated !== undefined) throw translated;
  return result;
});

const authorizes = t.middleware(({ ctx, meta, next }) => {
  authorize(ctx.principal, meta?.permission);
  return next();
});

/** Puts procedures under names. */
export const router = t.router;

/**
 * The only way to make a procedure: it cannot be had without a permission, a place in REST and a sentence.
 *
 * @example
 * procedure("degradation.read", "GET /api/v4/degradation/status", "How the service is, and why.")
 *   .output(schema)
 *   .query(({ ctx }) => …)
 */
export const procedure = (permission: ProcedureMeta["permission"], rest: RestRoute, summary: string) =>
  t.procedure.meta({ permission, rest, summary }).use(translatesErrors).use(authorizes);

const isRecorded = t.middleware(async ({ ctx, next }) => {
  const result = await next();
  if (result.ok) await ctx.runtime.recorded();
  return result;
});

/**
 * A procedure by which a person changes something that a restart must not forget: answered when it is on disk.
 *
 * @example order("degradation.pin", "POST /api/v4/degradation/force-mode", "Forces a mode.").input(schema).mutation(…)
 */
export const order = (...meta: Parameters<typeof procedure>) => procedure(...meta).use(isRecorded);

/** Calls a router's procedures in process, as tests and the REST projection do. */
export const createCallerFactory = t.createCallerFactory;
