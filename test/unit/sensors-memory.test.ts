import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { readCgroupUsage } from "../../src/control/sensors/cgroup.ts";
import { type HeapFacts, oldGenerationLimit } from "../../src/control/sensors/heap.ts";
import { type MemoryPorts, memorySensor } from "../../src/control/sensors/memory.ts";
import { processMemory } from "../../src/control/sensors/process-ports.ts";
import { temporaryFolder } from "../support/ledger.ts";

const GIB = 1_024 ** 3;

/** Files as the kernel shows them, in a folder. */
function planted(files: Readonly<Record<string, string>>): (path: string) => Promise<string> {
  const root = temporaryFolder();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return (path) => readFile(join(root, path), "utf8");
}

const v2 = (limit: string, current: number, inactiveFile: number, group = ""): Record<string, string> => ({
  [`/sys/fs/cgroup${group}/memory.max`]: `${limit}\n`,
  [`/sys/fs/cgroup${group}/memory.current`]: `${current}\n`,
  [`/sys/fs/cgroup${group}/memory.stat`]: `anon 17\ninactive_file ${inactiveFile}\nactive_file 99\n`,
});

describe("the memory of the container", () => {
  it("is what it holds without the file pages it could give back, by its limit (v2)", async () => {
    const readText = planted({ "/proc/self/cgroup": "0::/\n", ...v2("1000", 900, 400) });
    expect(await readCgroupUsage(readText, GIB)).toBe(0.5);
  });

  it("is that of the fullest group, ours or one above it", async () => {
    const readText = planted({
      "/proc/self/cgroup": "0::/kubepods/pod7\n",
      ...v2("1000", 800, 0, "/kubepods"),
      ...v2("500", 100, 0, "/kubepods/pod7"),
    });
    expect(await readCgroupUsage(readText, GIB)).toBe(0.8);
  });

  it("reads version 1, whose path may be the host's and not to be seen", async () => {
    const readText = planted({
      "/proc/self/cgroup": "5:cpu,cpuacct:/docker/77\n4:memory:/docker/77\n0::/\n",
      "/sys/fs/cgroup/memory/memory.limit_in_bytes": "2000\n",
      "/sys/fs/cgroup/memory/memory.usage_in_bytes": "1500\n",
      "/sys/fs/cgroup/memory/memory.stat": "inactive_file 7\ntotal_inactive_file 500\n",
    });
    expect(await readCgroupUsage(readText, GIB)).toBe(0.5);
  });

  it.each([
    ["the limit is max", { "/proc/self/cgroup": "0::/\n", ...v2("max", 900, 0) }],
    [
      "the limit is above what the machine has",
      { "/proc/self/cgroup": "0::/\n", ...v2("9223372036854771712", 900, 0) },
    ],
    ["there are no such files", {}],
  ])("is null where %s", async (_, files) => {
    expect(await readCgroupUsage(planted(files), GIB)).toBeNull();
  });

  it("is a fault, and not healthy, where there is a limit and no usage", async () => {
    const readText = planted({ "/proc/self/cgroup": "0::/\n", "/sys/fs/cgroup/memory.max": "1000\n" });
    await expect(readCgroupUsage(readText, GIB)).rejects.toThrow("ENOENT");
  });
});

describe("the memory sensor", () => {
  const ports = (heap: number, process: number, files: Record<string, string> = {}): MemoryPorts => ({
    heap: () => ({ usedBytes: heap, limitBytes: 100 }),
    processBytes: () => process,
    machineBytes: () => GIB,
    readText: planted(files),
  });

  it("measures the fullest of heap, process and container, and says which it is", async () => {
    const container = { "/proc/self/cgroup": "0::/\n", ...v2("1000", 930, 0) };
    const reading = await memorySensor(ports(50, GIB * 0.25, container)).read(0);
    expect(reading).toMatchObject({
      value: 0.93,
      what: "the container uses 93 % of the memory it may",
      measured: { memory: { heap: 0.5, process: 0.25, container: 0.93, usage: 0.93 } },
    });
    expect(await memorySensor(ports(95, GIB * 0.25, container)).read(0)).toMatchObject({
      value: 0.95,
      values: { fullest: "heap" },
    });
    expect(await memorySensor(ports(50, GIB * 0.75)).read(0)).toMatchObject({
      value: 0.75,
      values: { fullest: "process" },
      measured: { memory: { container: null } },
    });
  });

  it("sees a real allocation in the heap of this process", async () => {
    const sensor = memorySensor(processMemory);
    const heapOf = async (): Promise<number> => (await sensor.read(0)).measured.memory?.heap ?? Number.NaN;
    const before = await heapOf();
    const held = Array.from({ length: 100 }, (_, index) => Array.from({ length: 125_000 }, () => index + 0.5));
    const during = await heapOf();
    // 100 arrays of a megabyte each, at least; a collection meanwhile may have freed what others left.
    expect((during - before) * processMemory.heap().limitBytes).toBeGreaterThan(50 * 1_024 ** 2);
    expect(held.length).toBe(100);
  });
});

describe("the heap at which V8 ends the process", () => {
  const MIB = 1_024 ** 2;
  const limitMib = (facts: Partial<HeapFacts>, reportedMib: number): number =>
    oldGenerationLimit({
      options: [],
      machineBytes: 24_000 * MIB,
      workerOldGenerationMib: undefined,
      ...facts,
      reportedBytes: reportedMib * MIB,
    }) / MIB;

  it.each<[string, Partial<HeapFacts>, number, number]>([
    ["what was asked for, not what V8 adds for its nursery", { options: ["--max-old-space-size=256"] }, 448, 256],
    [
      "the last that was asked for, however it is spelt",
      { options: ["--max-old-space-size=256", "--max_old_space_size=300"] },
      492,
      300,
    ],
    [
      "as if nothing was asked for, with 0",
      { options: ["--max-old-space-size=256", "--max-old-space-size=0"] },
      4_288,
      4_096,
    ],
    ["a share of the machine", { options: ["--max-old-space-size-percentage=2"] }, 672, 480],
    ["a worker's own", { workerOldGenerationMib: 64 }, 256, 64],
    [
      "that of the process, which outranks a worker's own",
      { workerOldGenerationMib: 64, options: ["--max-old-space-size=256"] },
      448,
      256,
    ],
    ["the limit without three semi-spaces", { options: ["--max-semi-space-size=4"] }, 4_108, 4_096],
    ["the limit without what a nursery takes by default", {}, 4_288, 4_096],
    ["never above what V8 reports", { options: ["--max-old-space-size=9000"] }, 4_288, 4_288],
  ])("is %s", (_, facts, reportedMib, expected) => {
    expect(limitMib(facts, reportedMib)).toBeCloseTo(expected, 6);
  });

  it("is where a process really ends: one that fills its heap dies with nearly all of it, and of no more, in use", () => {
    const module = new URL("../../src/control/sensors/heap.ts", import.meta.url).href;
    const program = `
      import { writeSync } from "node:fs";
      const { oldGeneration } = await import(${JSON.stringify(module)});
      for (const kept = []; ; kept.push(new Array(131_072).fill(0.5))) {
        const { usedBytes, limitBytes } = oldGeneration();
        writeSync(1, limitBytes + " " + usedBytes / limitBytes + "\\n");
      }`;
    const { stdout, signal, status } = spawnSync(
      process.execPath,
      ["--max-old-space-size=256", "--max-semi-space-size=16", "--input-type=module", "--eval", program],
      { encoding: "utf8" },
    );
    expect(signal ?? status).not.toBe(0);
    const [limitBytes, share] = stdout.trim().split("\n").at(-1)!.split(" ").map(Number);
    expect(limitBytes).toBe(256 * MIB);
    expect(share).toBeGreaterThan(0.9);
    expect(share).toBeLessThan(1.05);
  });
});
