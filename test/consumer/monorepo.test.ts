import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { join } from "node:path";
import { createHoldfastClient } from "holdfast/client";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { npm, run } from "../../scripts/pack-package.ts";
import { until } from "../support/ledger.ts";
import { installMonorepo, type Monorepo, Started } from "./monorepo.ts";

const KEYS = { KITCHEN_CHEF_KEY: "chef-key-of-the-test", KITCHEN_WORKER_KEY: "worker-key-of-the-test" };

/** Where npm may have put the host's, and ours. */
const FASTIFY_PLACES = [
  ["apps/api", "."],
  ["node_modules/holdfast", "."],
];

let monorepo: Monorepo;

beforeAll(async () => {
  monorepo = await installMonorepo();
}, 180_000);

afterAll(() => monorepo?.remove());

/** Runs a file in the example's service, as Node runs it for a consumer. */
async function runInApi(name: string, code: string): Promise<string> {
  const folder = join(monorepo.folder, "apps/api");
  writeFileSync(join(folder, name), code);
  return run(process.execPath, [name], { cwd: folder });
}

describe("a monorepo that installs the packed package", () => {
  test("gets what it needs and no more: no tests, no source maps, at most 1.5 MiB, the console included", () => {
    const { files, packedBytes } = monorepo.packed;
    expect(packedBytes).toBeLessThanOrEqual(1.5 * 1_024 * 1_024);
    expect(files.filter((path) => /\.map$|\.tsx?$|test/.test(path.replace(/\.d\.ts$|src\/testing\//g, "")))).toEqual(
      [],
    );
    expect(files).toContain("dist/console/index.html");
    expect(files).toContain("LICENSE");
  });

  test("gets every package that ours imports, and none that it does not", () => {
    const { files, folder } = monorepo.packed;
    const imported = new Set<string>();
    for (const path of files.filter((each) => /^dist\/.*\.(js|d\.ts)$/.test(each) && !each.startsWith("dist/console/")))
      for (const [, specifier = ""] of readFileSync(join(folder, path), "utf8").matchAll(
        /^(?:import|export)[^"';]*? from "([^"]+)"|\bimport\("([^"]+)"\)/gm,
      ))
        if (!/^(\.|node:|holdfast)/.test(specifier))
          imported.add(/^(@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier);
    const { dependencies, peerDependencies } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
      readonly dependencies: object;
      readonly peerDependencies: object;
    };
    const declared = [...Object.keys(dependencies), ...Object.keys(peerDependencies)];
    for (const name of builtinModules) imported.delete(name);
    expect([...imported].filter((name) => name !== "" && !declared.includes(name))).toEqual([]);
    // Loaded by name where it is needed.
    const late = ["pino", "eventsource"];
    expect(declared.filter((name) => !imported.has(name) && !late.includes(name))).toEqual([]);
  });

  test("has one tRPC for itself and for ours, and no Neo4j driver that it did not ask for", () => {
    expect(existsSync(join(monorepo.folder, "node_modules/@trpc/server/package.json"))).toBe(true);
    expect(existsSync(join(monorepo.folder, "node_modules/holdfast/node_modules/@trpc"))).toBe(false);
    expect(existsSync(join(monorepo.folder, "node_modules/neo4j-driver"))).toBe(false);
    // The host's Fastify is older than ours, and stays its own.
    const versionOf = (path: string): unknown =>
      (JSON.parse(readFileSync(join(monorepo.folder, path, "package.json"), "utf8")) as { version: unknown }).version;
    const [hosts, ours] = FASTIFY_PLACES.map((places) => places.map((place) => `${place}/node_modules/fastify`))
      .map((places) => places.find((place) => existsSync(join(monorepo.folder, place))) ?? "nowhere")
      .map(versionOf);
    expect(hosts).not.toBe(ours);
  });

  test("imports every entry, and learns what ./neo4j lacks", async () => {
    const output = await runInApi(
      "every-entry.mjs",
      `
      for (const entry of ["", "/client", "/config", "/graph", "/machines", "/routers", "/server", "/testing"])
        console.log(entry, Object.keys(await import("holdfast" + entry)).length > 0);
      console.log(await import("holdfast/neo4j").catch(({ message }) => message));
      `,
    );
    expect(output.match(/true/g)).toHaveLength(8);
    expect(output).toContain("Cannot find package 'neo4j-driver'");
  });

  test("may still be CommonJS", async () => {
    const code = `
      const { createRuntime, defineOperation } = require("holdfast");
      const { createHoldfastClient } = require("holdfast/client");
      console.log(typeof createRuntime, typeof defineOperation, typeof createHoldfastClient);
    `;
    expect(await runInApi("old.cjs", code)).toBe("function function function\n");
  });

  test("has the command", async () => {
    const command = join(monorepo.folder, "node_modules/.bin/holdfast");
    expect(await run(command, ["--version"])).toContain("0.1.0");
  });

  test.each(["typescript-5.9", "typescript-6", "typescript"])("is sound to %s", async (compiler) => {
    const tsc = join(monorepo.folder, "node_modules", compiler, "bin/tsc");
    expect(await run(process.execPath, [tsc, "-p", "tsconfig.json"], { cwd: monorepo.folder })).toBe("");
  });

  test("embeds, submits from a worker, goes through an outage of its graph, and stops", async () => {
    const { folder } = monorepo;
    await npm(["run", "build"], { cwd: folder });
    const api = new Started(folder, "apps/api/src/main.ts", { ...KEYS, KITCHEN_PORT: "0", KITCHEN_FAULTS: "1" });
    onTestFinished(() => void api.stop("SIGKILL"));
    const [, url = ""] = await api.says(/kitchen at (\S+),/);
    const work = async (): Promise<string> => {
      const worker = new Started(folder, "apps/worker/src/main.ts", { ...KEYS, KITCHEN_URL: url });
      await worker.ended;
      return worker.output;
    };
    const chef = createHoldfastClient({ url: `${url}/holdfast`, token: KEYS.KITCHEN_CHEF_KEY });
    const authorization = `Bearer ${KEYS.KITCHEN_CHEF_KEY}`;
    // As the example's page asks: through the host's own router.
    const latest = async (): Promise<unknown> => {
      const input = encodeURIComponent(JSON.stringify({ equipmentId: "fryer-5" }));
      const answer = await fetch(`${url}/trpc/readings.latest?input=${input}`, { headers: { authorization } });
      return ((await answer.json()) as { result: { data: unknown } }).result.data;
    };

    await until("the graph answers", async () =>
      (await chef.dependencies.list.query()).every(({ state }) => state === "closed"),
    );
    expect(await work()).toBe(
      `${[1, 2, 3, 4, 5].map((number) => `fryer-${number}: completed\n`).join("")}mode normal; the process started\n`,
    );
    expect(await latest()).toMatchObject({ celsius: 175 });
    const before = await latest();

    await chef.faults.set.mutate({ id: "graph.cut", on: true });
    // By what these meet, the service learns that its graph is gone; nobody is told an error.
    expect((await work()).match(/fryer-\d: queued because/g)).toHaveLength(5);
    const during = await work();
    expect(during.match(/queued because policy/g)).toHaveLength(5);
    expect(during).toContain("mode local_queue; ");
    expect((await chef.queue.status.query()).waitingRows).toBe(10);

    await chef.faults.set.mutate({ id: "graph.cut", on: false });
    await until("the backlog is drained", async () => (await chef.degradation.status.query()).currentMode === "normal");
    expect(await latest()).not.toEqual(before);

    const page = await (await fetch(`${url}/page.js`)).text();
    expect(page).toContain("readings.latest");
    expect((await fetch(`${url}/holdfast/`)).headers.get("content-type")).toContain("text/html");
    expect((await fetch(`${url}/holdfast/api/v4/degradation/status`)).status).toBe(401);

    expect(await api.stop()).toBe(0);
    expect(api.output).toContain("kitchen stopped");
  });
});
