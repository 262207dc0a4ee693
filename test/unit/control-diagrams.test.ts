import { spawnSync } from "node:child_process";
import { copyFileSync, cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));

const check = (folder: string) =>
  spawnSync(process.execPath, [join(folder, "scripts/write-machine-diagrams.ts"), "--check"], { encoding: "utf8" });

test("machines/README.md shows the machines as they are", () => {
  expect(check(root)).toMatchObject({ status: 0, stderr: "" });
});

test("a stale machines/README.md is noticed", () => {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-diagrams-"));
  try {
    cpSync(join(root, "machines"), join(folder, "machines"), { recursive: true });
    cpSync(join(root, "scripts"), join(folder, "scripts"), { recursive: true });
    copyFileSync(join(root, "package.json"), join(folder, "package.json"));
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"), "dir");
    expect(check(folder).status).toBe(0);
    writeFileSync(join(folder, "machines/README.md"), "old");
    expect(check(folder)).toMatchObject({ status: 1, stderr: expect.stringContaining("stale") });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
