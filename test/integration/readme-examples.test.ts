import { join } from "node:path";
import { createRuntime } from "holdfast";
import { embeddedGraph } from "holdfast/graph";
import { banner } from "holdfast/server";
import { describe, expect, it, onTestFinished } from "vitest";
import { temporaryFolder } from "../support/ledger.ts";
import { codeBlocks, examplesOf } from "../support/markdown.ts";
import { runExample } from "../support/run-example.ts";

/* What the README's examples show, beyond that they run (docs-examples.test.ts compiles them, and runs the one that asks a service). */

const examples = examplesOf("README.md");
const run = (index: number) => runExample(examples[index]!);

describe("the examples of the README", () => {
  it("runs the twenty lines without Neo4j, and the effect is in the graph", async () => {
    const { exitCode, output } = await run(0);
    expect(output).toContain("in the graph");
    expect(exitCode).toBe(0);
  });

  it("runs the operation with batches, and loses none of them", async () => {
    const { exitCode, output } = await run(1);
    expect(output).toContain("in the graph or on disk: 200");
    expect(exitCode).toBe(0);
  });

  it("runs the question why, and is told of a dependency that never answered", async () => {
    const { exitCode, output } = await run(2);
    expect(output).toContain("local_queue is in force");
    expect(output).toMatch(/search +is (open|being probed): its operations queue/);
    expect(output).toContain("refused before anything was executed or stored");
    expect(exitCode).toBe(0);
  });

  it("runs the call without an operation, and answers with a value although nothing listens", async () => {
    const { exitCode, output } = await run(3);
    expect(output).toMatch(/^(refused unavailable|failed call_failed)/);
    expect(exitCode).toBe(0);
  });

  it("runs the pin, which is held against the next person and then released", async () => {
    const { exitCode, output } = await run(4);
    expect(output).toMatch(/^pinned\n[\s\S]*critical: 'run'[\s\S]*low: 'refuse'[\s\S]*\nconflict\nreleased\n$/);
    expect(exitCode).toBe(0);
  });

  it("shows the greeting of npm start as it is printed", async () => {
    const folder = temporaryFolder();
    const graph = embeddedGraph({ file: join(folder, "graph.db"), nodes: {} });
    const runtime = await createRuntime({ dataDirectory: folder, operations: [], dependencies: [graph] });
    onTestFinished(() => runtime.stop());
    await expect.poll(() => runtime.policy.dependencies["graph"]?.state).toBe("closed");
    const greeting = banner({
      url: "http://127.0.0.1:4400",
      status: runtime.status(),
      dataDirectory: "./data",
      graph: { kind: "embedded" },
      access: { token: "hf_dev_…", link: "hf_lnk_…" },
    });
    const shown = codeBlocks("README.md").find(({ code }) => code.startsWith("$ npm start"))?.code;
    const [, ...lines] = shown?.replace(/node \d+\.\d+\.\d+/, `node ${process.versions.node}`).split("\n") ?? [];
    expect(lines.join("\n").trim()).toBe(greeting.trim());
  });

  it("has no example that is not run, here or beside a service", () => {
    expect(examples.slice(5).map(({ note }) => note)).toEqual(["runs until stopped"]);
  });
});
