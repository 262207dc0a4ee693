import { type AnyTRPCProcedure, type AnyTRPCRouter, getTRPCErrorFromUnknown } from "@trpc/server";
import type { Context } from "./context.ts";

/** What tRPC gives a middleware, as far as it is handled here. */
interface Options {
  readonly ctx: object;
  readonly input: unknown;
  readonly getRawInput: () => Promise<unknown>;
}

interface Given {
  readonly ctx?: object;
  readonly input?: unknown;
  readonly getRawInput?: Options["getRawInput"];
}

type Middleware = (options: Options & { readonly next: (given?: Given) => Promise<Result> }) => Promise<Result>;

/** tRPC keeps it under `_def`, without a type: its version is pinned for this. */
interface Definition {
  middlewares: readonly Middleware[];
  readonly meta?: object;
}

type Result = { readonly ok: true; readonly data: unknown } | { readonly ok: false; readonly error: Error };

/**
 * Has the middlewares of every procedure run in one step of tRPC: the same ones, in the same order, given the same.
 * tRPC itself copies all options twice for each of them, property by property, and a query has four: that took longer
 * than all that they do.
 */
export function inOneStep<Router extends AnyTRPCRouter>(router: Router): Router {
  for (const procedure of Object.values(router._def.procedures)) {
    const definition = definitionOf(procedure as AnyTRPCProcedure);
    const { middlewares } = definition;
    definition.middlewares = [(options) => step(middlewares, 0, options)];
  }
  return router;
}

/** What a door of tRPC's gives a procedure. */
export interface ProcedureCall {
  readonly path: string;
  readonly type: "query" | "mutation" | "subscription";
  readonly ctx: Context;
  readonly getRawInput: () => Promise<unknown>;
  readonly signal: AbortSignal | undefined;
  /** Its place in a batch. */
  readonly batchIndex: number;
}

/** A procedure as a door of our own calls it: all that tRPC runs, without the step that is left of it. */
export function callerOf(procedure: AnyTRPCProcedure): (call: ProcedureCall) => Promise<unknown> {
  const { middlewares, meta } = definitionOf(procedure);
  return async (call) => {
    const options = { ...call, meta, input: undefined };
    const result = await step(middlewares, 0, options);
    if (!result.ok) throw result.error;
    return result.data;
  };
}

const definitionOf = ({ _def }: AnyTRPCProcedure): Definition => _def as unknown as Definition;

async function step(middlewares: readonly Middleware[], index: number, options: Options): Promise<Result> {
  try {
    const next = (given?: Given): Promise<Result> =>
      step(middlewares, index + 1, given === undefined ? options : withGiven(options, given));
    const middleware = middlewares[index];
    if (middleware === undefined) throw new Error("A procedure has no middleware that answers.");
    return await middleware({ ...options, next });
  } catch (cause) {
    return { ok: false, error: getTRPCErrorFromUnknown(cause) };
  }
}

const withGiven = (options: Options, given: Given): Options => ({
  ...options,
  ctx: given.ctx === undefined ? options.ctx : { ...options.ctx, ...given.ctx },
  input: "input" in given ? given.input : options.input,
  getRawInput: given.getRawInput ?? options.getRawInput,
});
