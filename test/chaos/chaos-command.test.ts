import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { temporaryFolder, until } from "../support/ledger.ts";
import type { CampaignFigures } from "./campaign/report.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const COMMAND = ["scripts/run.mjs", "test/chaos/campaign/chaos.ts"];
const SMALL = ["--acks-per-kill", "400", "--lanes", "300"];

/** Processes whose command line names a folder: every service does. */
const servicesOf = (folder: string): readonly string[] =>
  spawnSync("ps", ["-eo", "args"], { encoding: "utf8" })
    .stdout.split("\n")
    .filter((line) => line.includes(folder));

/** Bytes of acknowledgements of the campaign in this folder. */
function acknowledgedIn(folder: string): number {
  const [campaign] = readdirSync(folder);
  return campaign === undefined
    ? 0
    : (statSync(join(folder, campaign, "acknowledgements.txt"), { throwIfNoEntry: false })?.size ?? 0);
}

const chaos = (argv: readonly string[], environment: NodeJS.ProcessEnv = {}) =>
  spawnSync(process.execPath, [...COMMAND, ...argv], {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, ...environment },
  });

describe("npm run chaos", { timeout: 180_000 }, () => {
  test("invariants 1, 2, 3: loses, doubles and reorders nothing over kills of every kind, and leaves nothing behind", () => {
    const folder = temporaryFolder();
    const { status, stdout, stderr } = chaos(["--kills", "8", "--json", ...SMALL], { TMPDIR: folder });
    expect(status, stderr).toBe(0);
    expect(stderr).toContain("acknowledged");
    const figures = JSON.parse(stdout) as CampaignFigures;
    expect(figures).toMatchObject({
      kills: 8,
      lost: 0,
      doubled: 0,
      outOfOrder: 0,
      unexpected: 0,
      parked: 0,
      deadLetters: 0,
      integrity: "ok",
      lanes: 300,
      seed: 1,
    });
    expect(figures.acked).toBeGreaterThanOrEqual(8 * 400);
    expect(figures.completed).toBeGreaterThan(0);
    expect(figures.queued).toBeGreaterThan(0);
    expect(figures.resubmitted).toBeGreaterThan(0);
    expect(figures.replayed).toBeGreaterThan(0);
    expect(figures.killsByKind).toEqual({ migration: 1, point: 4, draining: 2, startup: 1 });
    expect(readdirSync(folder)).toEqual([]);
  });

  test("interrupted, ends its service and removes its folder", async () => {
    const folder = temporaryFolder();
    const command = spawn(process.execPath, [...COMMAND, "--kills", "30", ...SMALL], {
      cwd: root,
      env: { ...process.env, TMPDIR: folder },
      stdio: ["ignore", "pipe", "ignore"],
    });
    onTestFinished(() => void command.kill("SIGTERM"));
    const exited = once(command, "exit") as Promise<[number | null]>;
    await until("a service to be under load", () => acknowledgedIn(folder) > 0 && servicesOf(folder).length > 0);
    command.kill("SIGINT");
    expect((await exited)[0]).toBe(130);
    expect(servicesOf(folder)).toEqual([]);
    expect(readdirSync(folder)).toEqual([]);
  });

  describe("explains itself, and refuses in one line", () => {
    test("--help", () => {
      const { status, stdout, stderr } = chaos(["--help"]);
      expect(stdout).toContain("--kills N");
      expect([stderr, status]).toEqual(["", 0]);
    });

    test.each([
      [["--kills", "-5"], '--kills takes a whole number from 1 to 100000, not "-5".'],
      [["--kills", "many"], "--kills takes a whole number"],
      [["--nonsense"], "'--nonsense'"],
    ])("%j", (argv, says) => {
      const { status, stdout, stderr } = chaos(argv);
      expect(stderr.trim().split("\n")).toHaveLength(1);
      expect(stderr).toContain(says);
      expect([stdout, status]).toEqual(["", 2]);
    });

    test("a Neo4j that cannot be started is named, the embedded graph takes its place, and the exit code is no proof", () => {
      const { status, stdout, stderr } = chaos(["--kills", "1", "--neo4j", "--json", ...SMALL], {
        JAVA_HOME: "/no/such/java",
      });
      expect(stderr).toContain("no Java");
      expect(JSON.parse(stdout)).toMatchObject({ kills: 1, graph: "embedded", lost: 0 });
      expect(status).toBe(1);
    });
  });
});
