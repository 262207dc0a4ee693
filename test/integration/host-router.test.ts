import { createTRPCClient, httpLink, type TRPCClientError } from "@trpc/client";
import { initTRPC } from "@trpc/server";
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { createRuntime, type Principal } from "holdfast";
import { describe, expect, expectTypeOf, onTestFinished, test } from "vitest";
import { appRouter, type Context, createCaller, errorShape } from "../../routers/app.router.ts";
import { kitchen } from "./server-kitchen.ts";

/** What the host's own procedures need besides: ours are part of it, so one context serves both. */
interface HostContext extends Context {
  readonly restaurant: string;
}

const t = initTRPC.context<HostContext>().create({
  isDev: false,
  errorFormatter: ({ error, path, ctx }) => errorShape(error, { path, requestId: ctx?.requestId }),
});

const hostRouter = t.router({
  hello: t.procedure.query(({ ctx }) => `the kitchen of ${ctx.restaurant}`),
  holdfast: appRouter,
});

type HostRouter = typeof hostRouter;

async function hostedKitchen(principal: Principal) {
  const { dataDirectory, operations } = kitchen();
  const runtime = await createRuntime({ dataDirectory, operations });
  onTestFinished(() => runtime.stop());
  const client = createTRPCClient<HostRouter>({
    links: [
      httpLink({
        url: "http://host/api",
        fetch: (input, init) =>
          fetchRequestHandler({
            endpoint: "/api",
            req: new Request(input, init as RequestInit),
            router: hostRouter,
            createContext: (): HostContext => ({ restaurant: "Tamarack", runtime, principal, requestId: "r-1" }),
          }),
      }),
    ],
  });
  return { client, runtime };
}

describe("a host that has a router of its own", () => {
  test("has ours side by side with it, where it merges them", async () => {
    const plain = initTRPC.context<HostContext>().create();
    const merged = plain.mergeRouters(
      plain.router({ hello: plain.procedure.query(({ ctx }) => ctx.restaurant) }),
      appRouter,
    );
    const { runtime } = await hostedKitchen({ id: "chef", permissions: "*" });
    const caller = plain.createCallerFactory(merged)({
      restaurant: "Tamarack",
      runtime,
      principal: { id: "waiter", permissions: ["health.read"] },
      requestId: "r-2",
    });
    expect(await caller.hello()).toBe("Tamarack");
    expect(await caller.health.live()).toEqual({ status: "alive" });
    await expect(caller.queue.status()).rejects.toMatchObject({ code: "FORBIDDEN" });
  });

  test("serves ours below a name, with its own context around it", async () => {
    const { client } = await hostedKitchen({ id: "chef", permissions: "*" });
    expect(await client.hello.query()).toBe("the kitchen of Tamarack");
    expect(
      await client.holdfast.operations.submit.mutate({ name: "equipment.record", input: { id: "f", celsius: 1 } }),
    ).toMatchObject({ status: "completed", value: { id: "f" } });
    const { currentMode } = await client.holdfast.degradation.status.query();
    expectTypeOf(currentMode).toEqualTypeOf<
      | "normal"
      | "reduced_performance"
      | "local_queue"
      | "memory_constrained"
      | "selective_processing"
      | "emergency_mode"
    >();
    expect(currentMode).toBe("normal");
    // Faults are only where the host gives some.
    await expect(client.holdfast.faults.list.query()).rejects.toMatchObject({ data: { reason: "not_found" } });
  });

  test("says who acts, and what that principal may not do stays undone, and told in our words", async () => {
    const { client, runtime } = await hostedKitchen({ id: "waiter", permissions: ["degradation.read"] });
    expect((await client.holdfast.degradation.status.query()).phase).toBe("running");
    const refused = await client.holdfast.degradation.pin
      .mutate({ mode: "emergency_mode", reason: "try", forMs: 60_000 })
      .catch((error: TRPCClientError<HostRouter>) => error.data);
    expect(refused).toMatchObject({ reason: "forbidden", httpStatus: 403, requestId: "r-1" });
    expect(runtime.policy.pin).toBeUndefined();
  });

  test("whose context lacks ours is a type error", () => {
    // @ts-expect-error no runtime, no principal
    const caller = () => createCaller({ restaurant: "Tamarack" });
    expect(caller).toBeTypeOf("function");
    expectTypeOf<HostContext>().toExtend<Context>();
  });
});
