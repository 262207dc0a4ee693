import { readCgroupUsage } from "./cgroup.ts";
import { percent, type Sensor } from "./sensor.ts";

/** Where memory is measured; planted in tests. */
export interface MemoryPorts {
  /** The old generation of this thread's heap: what is used, and what V8 gives up at. */
  heap(): { readonly usedBytes: number; readonly limitBytes: number };
  /** What the process holds in memory, threads included. */
  processBytes(): number;
  /** What the machine has. */
  machineBytes(): number;
  /** The text of a small file; rejects when there is none. */
  readText(path: string): Promise<string>;
}

/** Shares of the heap's limit and of the machine; no file is read. */
export function measureProcess(ports: MemoryPorts): { readonly heap: number; readonly process: number } {
  const { usedBytes, limitBytes } = ports.heap();
  return { heap: usedBytes / limitBytes, process: ports.processBytes() / ports.machineBytes() };
}

/**
 * How full the fullest of these is: the heap (V8 ends the process at its limit), the process in its machine, the
 * container (the kernel ends it at its limit). Shares, so that one threshold fits them all.
 */
export const memorySensor = (ports: MemoryPorts): Sensor => ({
  name: "memory",
  trigger: "memory_exhaustion",
  async read() {
    const { heap, process: processShare } = measureProcess(ports);
    const container = await readCgroupUsage((path) => ports.readText(path), ports.machineBytes());
    const usage = Math.max(heap, processShare, container ?? 0);
    const fullest = usage === heap ? "heap" : usage === processShare ? "process" : "container";
    return {
      value: usage,
      what: `the ${fullest} uses ${percent(usage)} of the memory it may`,
      values: { usage, fullest, heap, process: processShare, ...(container === null ? {} : { container }) },
      measured: { memory: { heap, process: processShare, container, usage } },
    };
  },
});
