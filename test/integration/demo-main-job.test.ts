import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { auth, driver } from "neo4j-driver";
import { afterEach, beforeEach, describe, expect, inject, test } from "vitest";
import { z } from "zod";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** A cold Neo4j on a machine that runs other tests beside it. */
const NEO4J_LIMIT_SECONDS = 280;

const count = z.int().min(0);
/** The one object of --json: these names, no others. */
const figuresSchema = z.strictObject({
  accepted: count,
  completedDirectly: count,
  queued: count,
  drained: count,
  refused: count,
  lost: count,
  doubled: count,
  outOfOrder: count,
  unknownOutcomes: count,
  replayed: count,
  deepestBacklog: count,
  detectMs: z.number().min(0),
  drainMs: z.number().min(0),
  modes: z.array(
    z.strictObject({
      at: z.iso.datetime(),
      mode: z.string(),
      from: z.string(),
      to: z.string(),
      cause: z.looseObject({ actor: z.string(), what: z.string() }),
    }),
  ),
});

/** Temporary files of a demo go here, so that a test sees whether it left any. */
let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "demo-test-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function startDemo(argv: readonly string[], environment: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, ["scripts/run.mjs", "examples/demo/demo.ts", ...argv], {
    cwd: root,
    env: { ...process.env, TMPDIR: folder, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const done = Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]).then(
    ([stdout, stderr, [status]]) => ({ stdout, stderr, status: status as number }),
  );
  return { child, done };
}

function checkFigures(stdout: string, stderr: string, operations: number): void {
  expect(stdout === "" ? stderr : stdout.trim().split("\n")).toHaveLength(1);
  const figures = figuresSchema.parse(JSON.parse(stdout));
  expect(figures).toMatchObject({ accepted: operations, lost: 0, doubled: 0, outOfOrder: 0 });
  expect(figures.completedDirectly + figures.queued).toBe(operations);
  expect(figures.completedDirectly).toBeGreaterThan(0);
  expect(figures.queued).toBeGreaterThanOrEqual(operations * 0.25);
  expect(figures.drained).toBe(figures.queued);
  expect(figures.unknownOutcomes).toBeGreaterThanOrEqual(20);
  expect(figures.replayed).toBeGreaterThanOrEqual(20);
  expect(figures.deepestBacklog).toBeGreaterThan(0);
  const steps = figures.modes.map(({ mode, from, to }) => `${mode}: ${from} > ${to}`);
  expect(steps).toContain("local_queue: dormant > queueing");
  expect(steps).toContain("local_queue: queueing > draining");
  expect(steps).toContain("local_queue: draining > dormant");
}

describe("the main job on the embedded graph", () => {
  test("loses nothing, doubles nothing, keeps every lane in order (invariants 1, 2 and 3)", async () => {
    const { stdout, stderr, status } = await startDemo(["--operations", "400", "--lanes", "25", "--json"]).done;
    checkFigures(stdout, stderr, 400);
    expect(status === 0 ? "" : stderr).toBe("");
    expect(readdirSync(folder)).toEqual([]);
  }, 120_000);

  test("leaves nothing behind when it is interrupted", async () => {
    const { child, done } = startDemo(["--operations", "400"]);
    await until(() => acknowledgedBytes() > 0);
    child.kill("SIGINT");
    const { status, stderr } = await done;
    expect(stderr).toContain("Interrupted");
    expect(status).toBe(130);
    expect(readdirSync(folder)).toEqual([]);
    // The others end with their director: when its end has reached them.
    await until(() => processesOfThisTest().length === 0);
  });

  test("gives up at its time limit, and says so", async () => {
    const { status, stderr, stdout } = await startDemo(["--timeout-seconds", "2", "--json"]).done;
    expect(stderr).toContain("--timeout-seconds");
    expect(stdout).toBe("");
    expect(status).toBe(1);
    expect(readdirSync(folder)).toEqual([]);
  });
});

const provided = inject("neo4j");

describe.skipIf("unavailable" in provided)("the main job on a real Neo4j", () => {
  test(
    "loses nothing, doubles nothing, keeps every lane in order, and deletes what it made and nothing else (invariants 1, 2 and 3)",
    async () => {
      if ("unavailable" in provided) return;
      const { uri, username, password } = provided;
      await using raw = driver(uri, auth.basic(username, password));
      const foreign = `other-${randomUUID()}`;
      await raw.executeQuery("CREATE (:Document {id: $foreign, operations: [1]})", { foreign });
      try {
        const argv = [
          "--neo4j",
          "--operations",
          "200",
          "--lanes",
          "20",
          "--json",
          "--timeout-seconds",
          String(NEO4J_LIMIT_SECONDS),
        ];
        const environment = { NEO4J_URI: uri, NEO4J_USERNAME: username, NEO4J_PASSWORD: password };
        const { stdout, stderr, status } = await startDemo(argv, environment).done;
        checkFigures(stdout, stderr, 200);
        expect(status === 0 ? "" : stderr).toBe("");
        const { records } = await raw.executeQuery(
          "MATCH (n) WHERE n.id STARTS WITH 'demo-' OR n.id = $foreign OR any(label IN labels(n) WHERE label STARTS WITH 'HoldfastReceipt_demo') RETURN n.id AS id",
          { foreign },
        );
        expect(records.map((record) => record.get("id") as string)).toEqual([foreign]);
      } finally {
        await raw.executeQuery("MATCH (d:Document {id: $foreign}) DELETE d", { foreign });
      }
    },
    (NEO4J_LIMIT_SECONDS + 20) * 1_000,
  );
});

function acknowledgedBytes(): number {
  const [demo] = readdirSync(folder);
  if (demo === undefined) return 0;
  return statSync(join(folder, demo, "acknowledgements.jsonl"), { throwIfNoEntry: false })?.size ?? 0;
}

/** Every process that has this test's folder in its environment, where the system tells. */
function processesOfThisTest(): readonly string[] {
  if (process.platform !== "linux") return [];
  return readdirSync("/proc").filter((name) => {
    try {
      return /^\d+$/.test(name) && readFileSync(`/proc/${name}/environ`, "utf8").includes(`TMPDIR=${folder}`);
    } catch {
      return false; // not ours, or gone meanwhile
    }
  });
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await sleep(20);
}
