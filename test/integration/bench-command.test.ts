import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { z } from "zod";

const root = fileURLToPath(new URL("../../", import.meta.url));
const bench = (...argv: string[]) =>
  spawnSync(process.execPath, ["scripts/run.mjs", "bench/bench.ts", ...argv], { cwd: root, encoding: "utf8" });

const measured = z.strictObject({
  suite: z.literal("call"),
  case: z.string(),
  ours: z.number().positive(),
  peer: z.number().positive().nullable(),
  peerName: z.string().nullable(),
  unit: z.enum(["ns", "bytes/call"]),
  ratio: z.number().positive().nullable(),
  goal: z.string().optional(),
  reached: z.boolean().optional(),
  foreignCores: z.number().min(0).optional(),
  quick: z.literal(true),
});
const absent = z.strictObject({
  suite: z.literal("call"),
  case: z.string(),
  peerName: z.enum(["cockatiel", "opossum"]),
  absent: z.string(),
  quick: z.literal(true),
});

describe("npm run bench", () => {
  test("measures ours where the peers are left out, and prints no figure that was not measured", () => {
    const { status, stdout, stderr } = bench("call", "--quick", "--json", "--without-peers");
    expect(stderr).toContain("The peers are not measured: left out by --without-peers.");
    expect(status).toBe(0);
    const entries = z.array(z.union([measured, absent])).parse(JSON.parse(stdout));
    const figures = entries.filter((entry) => "ours" in entry);

    // Ours alone, where a figure was promised and where there is nothing beside it.
    expect(figures.find((entry) => entry.case === "successful call" && entry.peerName === null)).toMatchObject({
      peer: null,
      ratio: null,
      goal: expect.stringContaining("250 ns"),
      reached: expect.any(Boolean),
    });
    expect(figures.map((entry) => entry.case)).toContain("refused while open");

    // Less is better of both units here: a bare await takes less, so its ratio is below 1.
    const besideBare = figures.filter((entry) => entry.peerName === "bare await");
    expect(besideBare.length).toBeGreaterThan(0);
    for (const { ours, peer, ratio } of besideBare) expect(ratio! / (peer! / ours)).toBeCloseTo(1, 2);

    // Every case says of both peers that they are absent.
    const names = new Set(entries.map((entry) => entry.case));
    const missing = entries.filter((entry) => "absent" in entry).map((entry) => `${entry.case}: ${entry.peerName}`);
    expect(missing.sort()).toEqual([...names].flatMap((name) => [`${name}: cockatiel`, `${name}: opossum`]).sort());
  });

  test("explains itself", () => {
    const { status, stdout, stderr } = bench("--help");
    for (const suite of ["call", "submit", "enqueue", "claim", "drain", "memory", "modes", "surface"])
      expect(stdout).toMatch(new RegExp(`^  ${suite} `, "m"));
    expect(stderr).toBe("");
    expect(status).toBe(0);
  });

  test.each([
    [["cal"], `There is no suite "cal"; there are: call, submit, enqueue, claim, drain, memory, modes, surface.`],
    [["--nonsense"], "'--nonsense'"],
    [["--json", "--markdown"], "choose"],
  ])("refuses %j in one line, with status 2, and measures nothing", (argv, says) => {
    const { status, stdout, stderr } = bench(...argv);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(stderr).toContain(says);
    expect(stdout).toBe("");
    expect(status).toBe(2);
  });
});
