import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { rolldown } from "rolldown";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../support/ledger.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** A consumer that touches what a consumer touches. */
const CONSUMER = `
import { callOptions, createHoldfastClient, safe } from "holdfast/client";
const holdfast = createHoldfastClient({ url: "http://127.0.0.1:4400", token: async () => "hf_token" });
const status = await holdfast.degradation.status.query();
console.log(status.modes[0]?.reason.toUpperCase());
const outcome = await holdfast.operations.submit.mutate({ name: "a", input: 1 }, callOptions({ priority: "high" }));
if (outcome.status === "refused") console.log(outcome.retryAfterSeconds.toFixed());
const [pin, error] = await safe(holdfast.degradation.pin.mutate({ mode: "normal", reason: "r", forMs: 1 }));
if (error === undefined && pin.status === "pinned") console.log(pin.pin.owner.trim());
for await (const change of holdfast.degradation.watch.subscribe()) console.log(change.explanation.length, change.eventId.length);
// @ts-expect-error nothing of the client is any
console.log(status.nothing);
`;

describe("the client in somebody else's project", () => {
  test("costs its compiler at most 100,000 instantiations against the emitted declarations", () => {
    const folder = temporaryFolder();
    const installed = join(folder, "node_modules", "holdfast");
    mkdirSync(installed, { recursive: true });
    for (const name of ["@trpc", "eventsource", "eventsource-parser", "zod", "xstate", "kysely", "better-sqlite3"])
      symlinkSync(join(ROOT, "node_modules", name), join(folder, "node_modules", name));
    writeFileSync(join(installed, "package.json"), readFileSync(join(ROOT, "package.json")));
    const tsc = (...given: string[]) =>
      spawnSync(process.execPath, [join(ROOT, "node_modules/typescript/bin/tsc"), ...given], { encoding: "utf8" });
    const project = join(ROOT, "tsconfig.build.json");
    const built = tsc("-p", project, "--emitDeclarationOnly", "--outDir", join(installed, "dist"));
    expect(built.stdout).toBe("");
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
    writeFileSync(join(folder, "consumer.ts"), CONSUMER);
    const compilerOptions = {
      module: "nodenext",
      target: "es2024",
      lib: ["es2024", "dom", "esnext.disposable"],
      types: [],
      strict: true,
      skipLibCheck: true,
      noEmit: true,
    };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["consumer.ts"] }));
    const { stdout } = tsc("-p", folder, "--extendedDiagnostics");
    expect(stdout).not.toContain("error");
    const instantiations = Number(/^Instantiations:\s+(\d+)/m.exec(stdout)?.[1]);
    // More than nothing: the types were there.
    expect(instantiations).toBeGreaterThan(1_000);
    expect(instantiations).toBeLessThanOrEqual(100_000);
  });

  test("goes into a browser: no module of Node, none of the server, small", async () => {
    const bundle = await rolldown({
      input: join(ROOT, "src/surface/client/index.ts"),
      platform: "browser",
      resolve: { conditionNames: ["holdfast-source", "browser", "import", "module"] },
      onLog: (_level, log) => {
        throw new Error(log.message);
      },
    });
    const { output } = await bundle.generate({ format: "esm", minify: true });
    await bundle.close();
    expect(output).toHaveLength(1);
    const [chunk] = output;
    expect([...chunk.imports, ...chunk.dynamicImports]).toEqual([]);
    expect(chunk.code).not.toMatch(/["']node:/);
    const foreign = chunk.moduleIds
      .map((id) => id.slice(ROOT.length))
      .filter(
        (id) => !/^(src\/surface\/client|node_modules\/(@trpc\/(client|server)|eventsource(-parser)?))\//.test(id),
      );
    expect(foreign.filter((id) => !id.includes("rolldown"))).toEqual([]);
    expect(gzipSync(chunk.code).length).toBeLessThan(16 * 1_024);
  });
});
