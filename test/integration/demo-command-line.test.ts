import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const demo = (...argv: string[]) =>
  spawnSync(process.execPath, ["scripts/run.mjs", "examples/demo/demo.ts", ...argv], { cwd: root, encoding: "utf8" });

describe("npm run demo", () => {
  test("explains itself", () => {
    const { status, stdout, stderr } = demo("--help");
    expect(stdout).toContain("--operations N");
    expect(stderr).toBe("");
    expect(status).toBe(0);
  });

  test.each([
    [["--operations", "five"], "--operations takes a whole number"],
    [["--nonsense"], "'--nonsense'"],
  ])("refuses %j in one line, with status 2", (argv, says) => {
    const { status, stdout, stderr } = demo(...argv);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(stderr).toContain(says);
    expect(stdout).toBe("");
    expect(status).toBe(2);
  });

  test("says that there is no such folder of manuals, and starts nothing", () => {
    const { status, stdout, stderr } = demo("--documents", "/no/such/folder", "--json");
    expect(stderr).toContain("/no/such/folder");
    expect(stdout).toBe("");
    expect(status).toBe(1);
  });
});
