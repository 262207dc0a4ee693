import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { FAULTS, NOT_BUILT_YET } from "../faults/catalog.ts";
import { plantOf } from "../faults/plant.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const command = (...argv: string[]) => ["scripts/run.mjs", "test/faults/faults.ts", ...argv];
const faults = (...argv: string[]) => spawnSync(process.execPath, command(...argv), { cwd: root, encoding: "utf8" });

describe("npm run faults", () => {
  test("has a fault for every invariant, or says what is not built yet", () => {
    const invariants = new Set([...FAULTS, ...NOT_BUILT_YET].map(({ invariant }) => invariant));
    invariants.delete(null);
    expect([...invariants].toSorted((a, b) => Number(a) - Number(b))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  });

  test("names each fault once, and wraps modules that are there", () => {
    expect(new Set(FAULTS.map(({ fault }) => fault)).size).toBe(FAULTS.length);
    for (const fault of FAULTS) expect(() => plantOf(fault), fault.fault).not.toThrow();
  });

  test("plants in the test's own process and in the writer's thread, and names the test that noticed", () => {
    const { status, stdout, stderr } = faults("--json", "--only", "drop-the-cause", "--only", "fsync-off");
    expect(JSON.parse(stdout)).toEqual([
      {
        fault: "fsync-off",
        invariant: 1,
        caughtBy: expect.stringContaining("test/integration/journal-ownership.test.ts > "),
        message: expect.stringContaining("AssertionError"),
      },
      {
        fault: "drop-the-cause",
        invariant: 4,
        caughtBy: expect.stringContaining("invariant 4, explained"),
        message: expect.stringContaining("AssertionError"),
      },
    ]);
    expect(stderr).toContain("caught  drop-the-cause");
    expect(status).toBe(0);
  });

  test("explains itself", () => {
    const { status, stdout } = faults("--help");
    expect(stdout).toContain("--only NAME");
    for (const { fault } of [...FAULTS, ...NOT_BUILT_YET]) expect(stdout).toContain(fault);
    expect(status).toBe(0);
  });

  test.each([
    [["--nonsense"], "'--nonsense'"],
    [["--only", "no-such-fault"], '"no-such-fault"'],
  ])("refuses %j in one line, with status 2", (argv, says) => {
    const { status, stdout, stderr } = faults(...argv);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(stderr).toContain(says);
    expect(stdout).toBe("");
    expect(status).toBe(2);
  });

  test.skipIf(process.platform === "win32")(
    "ends its tests and removes their folders when it is interrupted",
    async () => {
      const folder = mkdtempSync(join(tmpdir(), "holdfast-interrupted-"));
      onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
      const child = spawn(process.execPath, command("--only", "forget-running-rows"), {
        cwd: root,
        env: { ...process.env, TMPDIR: folder },
        stdio: ["ignore", "ignore", "pipe"],
      });
      let said = "";
      child.stderr.on("data", (text) => (said += String(text)));
      await once(child.stderr, "data");
      child.kill("SIGINT");
      const [code] = (await once(child, "close")) as [number | null];
      expect(said).toContain("interrupted");
      expect(code).toBe(130);
      expect(readdirSync(folder)).toEqual([]);
    },
  );
});
