import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";

const root = fileURLToPath(new URL("../../", import.meta.url));

const count = z.int().min(0);
const calls = {
  offered: count,
  completed: count,
  queued: count,
  refused: count,
  failed: count,
  latencyMs: z.strictObject({ p50: z.number().min(0), p95: z.number().min(0), p99: z.number().min(0) }),
};
const priority = z.strictObject(calls);
const phase = z.strictObject({
  ...calls,
  seconds: z.number().positive(),
  orders: count,
  inGraph: count,
  goodputPerSecond: z.number().min(0),
  byPriority: z.strictObject({
    critical: priority,
    high: priority,
    normal: priority,
    low: priority,
    deferred: priority,
  }),
});
const verdict = { lost: count, doubled: count, outOfOrder: count, before: phase, during: phase, after: phase };
/** The one object of --json: these names, no others. */
const figuresSchema = z.strictObject({
  scenario: z.literal("neo4j-outage"),
  timeScale: z.literal(240),
  ...verdict,
  transitions: z.array(
    z.strictObject({
      at: z.iso.datetime(),
      mode: z.string(),
      from: z.string(),
      to: z.string(),
      cause: z.looseObject({ actor: z.string(), what: z.string() }),
    }),
  ),
  control: z.strictObject({ ...verdict, unexpected: count, restarts: count }),
});

/** Temporary files of a demo go here, so that a test sees whether it left any. */
let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "demo-scenario-test-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function startDemo(...argv: readonly string[]) {
  const child = spawn(process.execPath, ["scripts/run.mjs", "examples/demo/demo.ts", ...argv], {
    cwd: root,
    env: { ...process.env, TMPDIR: folder },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const done = Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]).then(
    ([stdout, stderr, [status]]) => ({ stdout, stderr, status: status as number }),
  );
  return { child, done };
}

describe("npm run demo -- --scenario", () => {
  test("shows an outage from outside, with Holdfast and without", async () => {
    const argv = ["--scenario", "neo4j-outage", "--control", "--time-scale", "240", "--json"];
    const { stdout, stderr, status } = await startDemo(...argv).done;
    expect(stdout === "" ? stderr : stdout.trim().split("\n")).toHaveLength(1);
    const figures = figuresSchema.parse(JSON.parse(stdout));
    expect(stderr).toContain("time scale 240");

    expect(figures).toMatchObject({ lost: 0, doubled: 0, outOfOrder: 0 });
    for (const part of [figures.before, figures.during, figures.after]) {
      expect(part.failed).toBe(0);
      expect(part.completed + part.queued).toBe(part.offered);
      expect(part.inGraph).toBe(part.orders);
      expect(Object.values(part.byPriority).reduce((sum, { offered }) => sum + offered, 0)).toBe(part.offered);
    }
    expect(figures.during.queued).toBeGreaterThan(figures.during.offered / 2);
    const steps = figures.transitions
      .filter(({ mode }) => mode === "local_queue")
      .map(({ from, to }) => `${from} > ${to}`);
    expect(steps).toEqual(expect.arrayContaining(["dormant > queueing", "queueing > draining", "draining > dormant"]));

    // What the same callers saw without: failures, and work that nobody did.
    expect(figures.control).toMatchObject({ lost: 0, doubled: 0, outOfOrder: 0, restarts: 0 });
    expect(figures.control.during.queued).toBe(0);
    expect(figures.control.during.failed).toBeGreaterThan(figures.control.during.offered / 2);
    expect(figures.control.during.inGraph).toBeLessThan(figures.control.during.orders / 2);

    expect(status === 0 ? "" : stderr).toBe("");
    expect(readdirSync(folder)).toEqual([]);
  }, 120_000);

  test("answers an unknown name with the list of those there are, and status 2", async () => {
    const { stdout, stderr, status } = await startDemo("--scenario", "earthquake").done;
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(stderr).toContain("neo4j-outage, slow-neo4j, memory-pressure, error-storm, overload, flapping, everything");
    expect(stdout).toBe("");
    expect(status).toBe(2);
  });

  test("leaves nothing behind when it is interrupted", async () => {
    const { child, done } = startDemo("--scenario", "neo4j-outage");
    while (acknowledgedBytes() === 0) await sleep(20);
    child.kill("SIGINT");
    const { status, stderr } = await done;
    expect(stderr).toContain("Interrupted");
    expect(status).toBe(130);
    expect(readdirSync(folder)).toEqual([]);
  }, 60_000);
});

function acknowledgedBytes(): number {
  const [run] = readdirSync(folder);
  if (run === undefined) return 0;
  return statSync(join(folder, run, "holdfast", "acknowledgements.jsonl"), { throwIfNoEntry: false })?.size ?? 0;
}
