import { readdirSync, readFileSync } from "node:fs";
import { cpus } from "node:os";

/**
 * Starts to watch how much of the machine is used by processes that are not measured: all but this one and its
 * children (servers, mostly). The returned function answers in cores, and undefined where /proc does not tell.
 */
export function watchForeignCpu(): () => number | undefined {
  const before = reading();
  return () => {
    const after = reading();
    if (before === undefined || after === undefined) return undefined;
    const elapsedMs = after.atMs - before.atMs;
    // The machine's clock ticks every 10 ms: a little below zero is zero.
    return Math.max(0, (after.machineMs - before.machineMs - (after.oursMs - before.oursMs)) / elapsedMs);
  };
}

interface Reading {
  readonly atMs: number;
  readonly machineMs: number;
  readonly oursMs: number;
}

function reading(): Reading | undefined {
  const children = childrenMs();
  if (children === undefined) return undefined;
  const { user, system } = process.cpuUsage();
  const machineMs = cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0);
  return { atMs: performance.now(), machineMs, oursMs: (user + system) / 1_000 + children };
}

/** Clock ticks of 10 ms: what Linux has been built with for decades. */
const TICK_MS = 10;

function childrenMs(): number | undefined {
  try {
    let sum = 0;
    for (const pid of readdirSync("/proc")) {
      if (!/^\d+$/.test(pid)) continue;
      // `pid (name) state ppid …`, and the name may hold spaces and brackets.
      const fields = readStat(pid)
        ?.replace(/^.*\) /s, "")
        .split(" ");
      if (fields?.[1] === String(process.pid)) sum += (Number(fields[11]) + Number(fields[12])) * TICK_MS;
    }
    return sum;
  } catch {
    return undefined;
  }
}

/** Undefined for a process that has just ended. */
function readStat(pid: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch {
    return undefined;
  }
}
