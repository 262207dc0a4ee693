import { initTRPC, TRPCError } from "@trpc/server";
import { expect, test } from "vitest";
import { z } from "zod";
import { inOneStep } from "../../routers/one-step.ts";

interface HostContext {
  readonly asked: string[];
}

const t = initTRPC.context<HostContext>().create();

function routerOf(inOne: boolean) {
  const outer = t.middleware(async ({ ctx, path, type, input, meta, next }) => {
    ctx.asked.push(`outer ${type} ${path} ${JSON.stringify({ input, meta })}`);
    const result = await next({ ctx: { from: "outer" } });
    ctx.asked.push(`outer was given ${result.ok ? JSON.stringify(result.data) : result.error.code}`);
    return result;
  });
  const inner = t.middleware(async ({ ctx, input, getRawInput, next }) => {
    ctx.asked.push(`inner ${JSON.stringify({ input, raw: await getRawInput() })}`);
    return next({ getRawInput: async () => ({ more: "replaced" }) });
  });
  const base = t.procedure
    .use(outer)
    .input(z.object({ name: z.string().trim() }))
    .use(inner)
    .input(z.object({ more: z.string() }));
  const router = t.router({
    area: t.router({
      ask: base.output(z.object({ name: z.string() })).query(({ ctx, input }) => {
        ctx.asked.push(`answer ${JSON.stringify({ ...ctx, asked: undefined, input })}`);
        return { name: "told", secret: "kept" };
      }),
      wrong: base.output(z.object({ name: z.string() })).query(({ ctx }) => {
        ctx.asked.push("answer");
        return JSON.parse(`{"name":1}`);
      }),
      fails: base.mutation(() => {
        throw new TRPCError({ code: "CONFLICT", message: "not now" });
      }),
      breaks: base.mutation(() => {
        throw new Error("a bug");
      }),
    }),
  });
  return inOne ? inOneStep(router) : router;
}

/** What becomes of a call, and what was done for it. */
async function told(inOne: boolean, name: "ask" | "wrong" | "fails" | "breaks", input: unknown) {
  const asked: string[] = [];
  const caller = t.createCallerFactory(routerOf(inOne))({ asked });
  const answer = await caller.area[name](input as { name: string; more: string }).catch((error: TRPCError) => [
    error.name,
    error.code,
    error.message,
  ]);
  return { answer, asked };
}

test.each([
  ["ask", " a name "],
  ["ask", 1],
  ["wrong", " a name "],
  ["fails", " a name "],
  ["breaks", " a name "],
] as const)(
  "%s of %j is answered in one step as in tRPC's many: by the same middlewares, in their order, given the same",
  async (name, given) => {
    const inMany = await told(false, name, { name: given });
    expect(inMany.asked).toHaveLength(name === "ask" || name === "wrong" ? (given === 1 ? 2 : 4) : 3);
    expect(await told(true, name, { name: given })).toEqual(inMany);
  },
);
