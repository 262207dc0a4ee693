import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createHoldfastClient } from "holdfast/client";
import { describe, expect, onTestFinished, test } from "vitest";
import { fetchWithToken } from "../support/fetch-with-token.ts";
import { temporaryFolder, until } from "../support/ledger.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

interface StartedProcess {
  readonly child: ChildProcess;
  readonly exit: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  readonly output: () => string;
  readonly errors: () => string;
}

/** What `npm start` runs. */
function start(environment: Readonly<Record<string, string>>): StartedProcess {
  const inherited = { PATH: process.env["PATH"] ?? "", HOME: process.env["HOME"] ?? "" };
  const child = spawn("node", ["scripts/run.mjs", "examples/manuals/start.ts"], {
    cwd: ROOT,
    env: { ...inherited, HOLDFAST_PORT: "0", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  let errors = "";
  child.stdout?.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr?.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  const exit = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) =>
    child.once("close", (code, signal) => resolve({ code, signal })),
  );
  onTestFinished(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
    await exit;
  });
  return { child, exit, output: () => output, errors: () => errors };
}

/** Started, with its manuals read. `token`: of the first start, which alone shows it. */
async function startReady(environment: Readonly<Record<string, string>>, token?: string) {
  const started = start(environment);
  await until(
    `the first lines; so far: ${started.errors()}`,
    () => /manuals {4}/.test(started.output()) || started.child.exitCode !== null,
  );
  const url = /http:\/\/127\.0\.0\.1:\d+/.exec(started.output())?.[0];
  if (url === undefined) throw new Error(`it did not start: ${started.errors()}`);
  const shown = /hf_dev_\w+/.exec(started.output())?.[0];
  const fetch = fetchWithToken(token ?? shown ?? "none");
  return { ...started, url, token: shown, client: createHoldfastClient({ url, fetch }) };
}

describe("npm start", () => {
  test("prints where it is, ingests the shipped manuals once, answers queries, and ends with 0 at SIGTERM", async () => {
    const data = join(temporaryFolder(), "data");
    const first = await startReady({ HOLDFAST_DATA: data });
    expect(first.output()).toMatch(
      /^\n {2}Holdfast \d+\.\d+\.\d+ · development · node \d+\.\d+\.\d+\n {2}console {4}http\S+\/\?token=hf_lnk_\w+ .*\n {2}token {6}hf_dev_\w+ .*\n {2}tRPC {7}http/,
    );
    expect(first.output()).toMatch(/ {2}mode {7}normal · 0 queued · dependencies: graph closed\n/);
    expect(first.output()).toMatch(/ {2}manuals {4}12 read on this first start/);
    expect((await fetch(`${first.url}/readyz`)).status).toBe(200);
    first.child.kill("SIGTERM");
    expect(await first.exit).toEqual({ code: 0, signal: null });
    expect(first.errors()).toBe("");

    const second = await startReady({ HOLDFAST_DATA: data }, first.token);
    expect(second.output()).toMatch(/ {2}manuals {4}12 in the graph/);
    expect(second.token).toBeUndefined();
    expect(second.output()).toMatch(
      / {2}token {6}was shown at the first start; make another in the console, or with: npx/,
    );
    expect((await fetch(`${second.url}/trpc/degradation.status`)).status).toBe(401);
    const link = /http:\S+\?token=hf_lnk_\w+/.exec(second.output())?.[0] ?? "";
    expect((await fetch(link, { redirect: "manual" })).headers.getSetCookie()).toHaveLength(1);
    const answer = await second.client.operations.submit.mutate({
      name: "document.query",
      input: { question: "What temperature for the fryer?" },
    });
    expect(answer).toMatchObject({
      status: "completed",
      value: {
        answers: expect.arrayContaining([
          expect.objectContaining({ equipment: ["Tamarack TF-50 Open Fryer"], temperature: "350 °F (177 °C)" }),
        ]),
      },
    });
    second.child.kill("SIGINT");
    second.child.kill("SIGTERM");
    expect(await second.exit).toEqual({ code: 0, signal: null });
  });

  test("SIGTERM in the middle of work loses nothing: each operation was answered, and is in the graph after the next start", async () => {
    const data = join(temporaryFolder(), "data");
    const first = await startReady({ HOLDFAST_DATA: data });
    const ids = Array.from({ length: 400 }, (_, index) => `own-manual-${index}`);
    const submitted = ids.map(async (id) => {
      const text = `# Fryer ${id}\n\n## Warm up\n\n1. Set it to 177 °C.\n`;
      try {
        return {
          id,
          outcome: await first.client.operations.submit.mutate({
            name: "document.ingest",
            input: { documentId: id, text },
            idempotencyKey: id,
          }),
        };
      } catch {
        return { id, outcome: undefined };
      }
    });
    await until("some of it", async () => (await first.client.degradation.status.query()).ended.completed > 30);
    first.child.kill("SIGTERM");
    const answers = await Promise.all(submitted);
    expect(await first.exit).toEqual({ code: 0, signal: null });

    const accepted = answers.filter(({ outcome }) => outcome?.status === "completed" || outcome?.status === "queued");
    expect(accepted.length).toBeGreaterThan(30);
    expect(answers.filter(({ outcome }) => outcome?.status === "failed")).toEqual([]);

    const second = await startReady({ HOLDFAST_DATA: data }, first.token);
    for (const { outcome } of accepted) {
      if (outcome?.status !== "completed" && outcome?.status !== "queued") continue;
      expect(
        await second.client.operations.result.query({ operationId: outcome.operationId, waitMs: 20_000 }),
      ).toMatchObject({ status: "completed" });
    }
  });
});

describe("npm start that cannot start", () => {
  test.each([
    [{ HOLDFAST_PORT: "fortyfour" }, /^HOLDFAST_PORT must be a port from 0 \(a free one\) to 65535\.\n$/],
    [
      { NEO4J_URI: "http://graph", NEO4J_PASSWORD: "secret" },
      /^neo4j\(\) needs an address like neo4j:\/\/host:7687; .*\n$/,
    ],
  ])("says in one line that the environment is wrong: %j", async (environment, line) => {
    const started = start({ HOLDFAST_DATA: join(temporaryFolder(), "data"), ...environment });
    expect(await started.exit).toEqual({ code: 1, signal: null });
    expect(started.errors()).toMatch(line);
    expect(started.output()).toBe("");
  });

  test("says in one line that the port is taken, and how to take another", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    onTestFinished(() => void taken.close());
    await new Promise((resolve) => taken.once("listening", resolve));
    const { port } = taken.address() as AddressInfo;
    const started = start({ HOLDFAST_DATA: join(temporaryFolder(), "data"), HOLDFAST_PORT: String(port) });
    expect(await started.exit).toEqual({ code: 1, signal: null });
    expect(started.errors()).toBe(
      `Port ${port} on 127.0.0.1 is taken by another process. Stop it, or set HOLDFAST_PORT to another port.\n`,
    );
  });

  test("says in one line who holds the data directory", async () => {
    const data = join(temporaryFolder(), "data");
    await startReady({ HOLDFAST_DATA: data });
    const second = start({ HOLDFAST_DATA: data });
    expect(await second.exit).toEqual({ code: 1, signal: null });
    expect(second.errors()).toMatch(/^[^\n]*\b\d+\b[^\n]*\n$/);
  });
});
