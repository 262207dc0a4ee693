import { initTRPC } from "@trpc/server";
import type { z } from "zod";
import { HoldfastError } from "../src/errors.ts";
import type { Runtime } from "../src/runtime.ts";
import type { Context } from "./context.ts";
import { declaredErrorShape } from "./error-shape.ts";
import { AnsweredOnce } from "./middleware/answered-once.ts";
import { authorize } from "./middleware/authorize.ts";
import { RefusedOrders } from "./middleware/refused-orders.ts";
import { SubscriptionLimit, whileRead } from "./middleware/subscription-limit.ts";
import { toTRPCError } from "./middleware/to-trpc-error.ts";
import { ASKED_BY_OPERATION, type Permission } from "./permissions.ts";
import type { DeclaredReason } from "./reasons.ts";

/** Where a procedure is found over REST; names in braces are fields of its input: `POST /api/v4/alerts/{id}/resolve`. */
export type RestRoute = `${"GET" | "POST" | "PUT" | "PATCH" | "DELETE"} /api/v4/${string}`;

/** What a procedure declares about itself: the checks, the REST projection and the OpenAPI document read it. */
export interface ProcedureMeta {
  readonly permission: Permission | typeof ASKED_BY_OPERATION;
  readonly rest: RestRoute;
  /** What it does, in a sentence or two. */
  readonly summary: string;
  /** What it may answer instead, beside the common reasons. */
  readonly reasons: readonly DeclaredReason[];
  /** What it answers is something that was not there before: 201. */
  readonly creates?: true;
  /** What a subscription's events are: the schema of their data. */
  readonly events?: z.ZodType;
  /** Its answer is given once, and kept nowhere. */
  readonly answersSecret?: true;
}

/** What a procedure may declare beside what every one must. */
export interface ProcedureOptions<Declared extends DeclaredReason> {
  readonly reasons?: readonly Declared[];
  readonly creates?: true;
  readonly events?: z.ZodType;
  readonly answersSecret?: true;
}

const t = initTRPC
  .context<Context>()
  .meta<ProcedureMeta>()
  .create({
    // Taken from NODE_ENV otherwise, and then it sends stack traces to callers.
    isDev: false,
    errorFormatter: ({ error, path, ctx }) => declaredErrorShape(error, { path, requestId: ctx?.requestId }, []),
    // Whoever watches a connection that has died without a word learns of it, and comes back.
    sse: { ping: { enabled: true, intervalMs: 15_000 }, client: { reconnectAfterInactivityMs: 40_000 } },
  });

type Result = Awaited<ReturnType<Parameters<Parameters<typeof t.middleware>[0]>[0]["next"]>>;

const answered = new WeakMap<Runtime, AnsweredOnce<Result>>();

const subscribed = new WeakMap<Runtime, SubscriptionLimit>();

const refused = new WeakMap<Runtime, RefusedOrders>();

/**
 * What holds for every procedure: its permission, errors in the words of this surface, an order under a key once, so
 * many subscriptions and no more. One step and not four: each costs a call as much as an authorization.
 */
const isGuarded = t.middleware(async ({ ctx, meta, type, path, signal, getRawInput, next }) => {
  try {
    permit(ctx, { permission: meta?.permission, type, path });
    const key = ctx.preferences?.idempotencyKey;
    let result: Result;
    if (type === "subscription") result = await counted(ctx, signal, next);
    // An operation's key is the journal's to keep.
    else if (key === undefined || type === "query" || meta?.permission === ASKED_BY_OPERATION) result = await next();
    else {
      const once = forRuntime(answered, ctx.runtime, () => new AnsweredOnce<Result>());
      const keepsAnswer = meta?.answersSecret !== true;
      const order = { key: [path, ctx.principal.id, key], input: await getRawInput(), keepsAnswer };
      result = await once.answer(order, () => next());
    }
    if (!result.ok) throw result.error.cause instanceof HoldfastError ? result.error.cause : result.error;
    return result;
  } catch (error) {
    throw toTRPCError(error) ?? error;
  }
});

/** What somebody wanted to change and may not is in the audit, as what they did would be. */
function permit(
  { principal, runtime }: Pick<Context, "principal" | "runtime">,
  { permission, type, path }: { permission: ProcedureMeta["permission"] | undefined; type: string; path: string },
): void {
  try {
    authorize(principal, permission);
  } catch (error) {
    const isTold =
      type === "mutation" &&
      runtime.phase === "running" &&
      forRuntime(refused, runtime, () => new RefusedOrders()).isNew(principal.id, path);
    if (isTold)
      runtime.recordAction({
        principal: principal.id,
        action: path,
        target: "procedure",
        reason: null,
        outcome: "forbidden",
        request: {},
      });
    throw error;
  }
}

/** A subscription has its place for as long as it is read. */
async function counted(
  { runtime, principal }: Pick<Context, "runtime" | "principal">,
  signal: AbortSignal | undefined,
  next: () => Promise<Result>,
): Promise<Result> {
  const giveBack = forRuntime(subscribed, runtime, () => new SubscriptionLimit()).take(principal.id);
  // A reader that goes before it has asked for the first item ends nothing else.
  signal?.addEventListener("abort", giveBack, { once: true });
  const result = await next();
  if (!result.ok || !isAsyncIterable(result.data)) giveBack();
  else result.data = whileRead(result.data, giveBack);
  return result;
}

/** Puts procedures under names. */
export const router = t.router;

/**
 * The only way to make a procedure: it cannot be had without a permission, a place in REST and a sentence. What it
 * declares to answer instead, beside what all may, is part of its type: clients can tell them apart by `reason`.
 *
 * @example
 * procedure("degradation.read", "GET /api/v4/dependencies/{name}", "One dependency.", { reasons: ["unknown_dependency"] })
 *   .output(schema)
 *   .query(({ ctx }) => …)
 */
export const procedure = <const Declared extends DeclaredReason = never>(
  permission: ProcedureMeta["permission"],
  rest: RestRoute,
  summary: string,
  { reasons = [], ...more }: ProcedureOptions<Declared> = {},
) =>
  t.procedure
    .meta({ permission, rest, summary, reasons, ...more })
    .errors(({ error, path, ctx }) => declaredErrorShape(error, { path, requestId: ctx?.requestId }, reasons))
    .use(isGuarded);

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
export const order = <const Declared extends DeclaredReason = never>(...meta: Parameters<typeof procedure<Declared>>) =>
  procedure(...meta).use(isRecorded);

/** What belongs to a runtime for as long as somebody has it. */
function forRuntime<Value>(values: WeakMap<Runtime, Value>, runtime: Runtime, make: () => Value): Value {
  const known = values.get(runtime) ?? make();
  values.set(runtime, known);
  return known;
}

const isAsyncIterable = (value: unknown): value is AsyncIterable<unknown> =>
  typeof value === "object" && value !== null && Symbol.asyncIterator in value;

/** Calls a router's procedures in process, as tests and the REST projection do. */
export const createCallerFactory = t.createCallerFactory;
