import { arch, cpus, platform, totalmem } from "node:os";

/** On what this was measured. */
export function machineLine(): string {
  const processors = cpus();
  const memoryGib = Math.round(totalmem() / 2 ** 30);
  return [
    `${processors[0]?.model.trim() ?? "unknown processor"}, ${processors.length} cores, ${memoryGib} GiB`,
    `${platform()} ${arch()}`,
    `Node ${process.versions.node}`,
  ].join("; ");
}
