import { TRPCError } from "@trpc/server";
import { type FastifyTRPCPluginOptions, fastifyTRPCPlugin } from "@trpc/server/adapters/fastify";
import { fastify, type FastifyRequest } from "fastify";
import { fastifyHoldfast } from "holdfast/server";
import { readFile } from "node:fs/promises";
import { openKitchen } from "./kitchen.ts";
import { People } from "./people.ts";
import { type KitchenContext, type KitchenRouter, kitchenRouter } from "./router.ts";

/*
 * A service of its own, with Holdfast inside: our tRPC at /trpc, Holdfast's tRPC, REST and console below /holdfast, our
 * page at /.
 *
 * KITCHEN_CHEF_KEY and KITCHEN_WORKER_KEY are what people and the worker sign in with; KITCHEN_PORT (4500),
 * KITCHEN_DATA (./data); with KITCHEN_FAULTS=1 the graph can be cut.
 */

const { KITCHEN_PORT = "4500", KITCHEN_DATA = "./data", KITCHEN_FAULTS } = process.env;

const people = new People(process.env);
const kitchen = await openKitchen(KITCHEN_DATA);
const { runtime } = kitchen;
const faults = KITCHEN_FAULTS === "1" ? { faults: kitchen.faults } : {};
const app = fastify({ routerOptions: { maxParamLength: 2_048 } });

const principal = ({ headers }: FastifyRequest) => people.find(headers);

await app.register(fastifyHoldfast, { prefix: "/holdfast", runtime, principal, ...faults });

await app.register(fastifyTRPCPlugin, {
  prefix: "/trpc",
  trpcOptions: {
    router: kitchenRouter,
    createContext({ req }): KitchenContext {
      const found = people.find(req.headers);
      if (found === undefined) throw new TRPCError({ code: "UNAUTHORIZED", message: "Send a key of the kitchen." });
      return { kitchen, runtime, principal: found, requestId: req.id, ...faults };
    },
  } satisfies FastifyTRPCPluginOptions<KitchenRouter>["trpcOptions"],
});

for (const [path, file, type] of [
  ["/", "index.html", "text/html; charset=utf-8"],
  ["/page.js", "page.js", "text/javascript; charset=utf-8"],
] as const)
  app.get(path, async (_request, reply) =>
    reply.type(type).send(await readFile(new URL(`../../web/dist/${file}`, import.meta.url))),
  );

const url = await app.listen({ host: "127.0.0.1", port: Number(KITCHEN_PORT) });
console.log(`kitchen at ${url}, its console at ${url}/holdfast/`);

let stopping: Promise<void> | undefined;
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => void (stopping ??= stop()));

/** First nobody is let in any more, then what is in flight ends, or goes back to disk. */
async function stop(): Promise<void> {
  await app.close();
  await runtime.stop();
  console.log("kitchen stopped");
}
