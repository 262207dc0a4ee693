import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../support/ledger.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const examples = [...readFileSync(join(root, "README.md"), "utf8").matchAll(/```ts\n([\s\S]*?)```/g)].map(
  ([, code]) => code ?? "",
);

/** Runs an example as a service of its own would: in its own folder, importing by package name. */
async function run(code: string): Promise<{ readonly exitCode: number | null; readonly output: string }> {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(root, join(folder, "node_modules", "holdfast"));
  symlinkSync(join(root, "node_modules", "zod"), join(folder, "node_modules", "zod"));
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  writeFileSync(join(folder, "example.ts"), code);
  const child = spawn(process.execPath, ["--conditions=holdfast-source", "example.ts"], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text: Buffer) => (output += text.toString()));
  const exitCode = await new Promise<number | null>((resolve) => child.once("exit", resolve));
  return { exitCode, output };
}

describe("the examples of the README", () => {
  it("runs the twenty lines without Neo4j, and the effect is in the graph", async () => {
    const { exitCode, output } = await run(examples[0] ?? "");
    expect(output).toContain("in the graph");
    expect(exitCode).toBe(0);
  });

  it("runs the operation with batches, and loses none of them", async () => {
    const { exitCode, output } = await run(examples[1] ?? "");
    expect(output).toContain("in the graph or on disk: 200");
    expect(exitCode).toBe(0);
  });

  it("runs the question why, and is told of a dependency that never answered", async () => {
    const { exitCode, output } = await run(examples[2] ?? "");
    expect(output).toContain("local_queue is in force");
    expect(output).toMatch(/search +is (open|being probed): its operations queue/);
    expect(output).toContain("refused before anything was executed or stored");
    expect(exitCode).toBe(0);
  });

  it("runs the call without an operation, and answers with a value although nothing listens", async () => {
    const { exitCode, output } = await run(examples[3] ?? "");
    expect(output).toMatch(/^(refused unavailable|failed call_failed)/);
    expect(exitCode).toBe(0);
  });

  it("runs the pin, which is held against the next person and then released", async () => {
    const { exitCode, output } = await run(examples[4] ?? "");
    expect(output).toMatch(/^pinned\n[\s\S]*critical: 'run'[\s\S]*low: 'refuse'[\s\S]*\nconflict\nreleased\n$/);
    expect(exitCode).toBe(0);
  });

  it("runs the measurements, with a reading of the service's own among them", async () => {
    const { exitCode, output } = await run(examples[5] ?? "");
    expect(output).toContain("memory 0.42, errors too few ends, waiting 0");
    expect(exitCode).toBe(0);
  });

  it("has no example that is not run here", () => {
    expect(examples).toHaveLength(6);
  });
});
