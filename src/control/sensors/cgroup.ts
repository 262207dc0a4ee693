type ReadText = (path: string) => Promise<string>;

const ROOT = "/sys/fs/cgroup";
/** A process is rarely deeper; what is above these has no say in practice. */
const MAXIMUM_DEPTH = 16;

/**
 * How full the container is, 0 to 1: what it holds without the file pages that the kernel would give back at once, by
 * its limit. A limit may stand at any group above ours, so the fullest counts. Null where nothing limits.
 *
 * cgroup v2 has one tree; v1 has one for memory. The paths are those of Linux; elsewhere the files are missing: null.
 *
 * @param machineBytes a limit at or above what the machine has is none
 */
export async function readCgroupUsage(readText: ReadText, machineBytes: number): Promise<number | null> {
  const groups = await optional(readText, "/proc/self/cgroup");
  if (groups === undefined) return null;
  const shares = await Promise.all([
    fullest(
      readText,
      ROOT,
      pathOf(groups, (controllers) => controllers === ""),
      V2,
      machineBytes,
    ),
    fullest(
      readText,
      `${ROOT}/memory`,
      pathOf(groups, (controllers) => controllers.split(",").includes("memory")),
      V1,
      machineBytes,
    ),
  ]);
  const known = shares.filter((share) => share !== null);
  return known.length === 0 ? null : Math.max(...known);
}

interface Files {
  readonly usage: string;
  readonly limit: string;
  /** In `memory.stat`. */
  readonly reclaimable: RegExp;
}

const V2: Files = { usage: "memory.current", limit: "memory.max", reclaimable: /^inactive_file (\d+)$/m };
const V1: Files = {
  usage: "memory.usage_in_bytes",
  limit: "memory.limit_in_bytes",
  reclaimable: /^total_inactive_file (\d+)$/m,
};

/** A line reads `number:controllers:path`. */
function pathOf(groups: string, isOurs: (controllers: string) => boolean): string | undefined {
  for (const line of groups.split("\n")) {
    const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (controllers !== undefined && path !== undefined && isOurs(controllers)) return path;
  }
  return undefined;
}

async function fullest(
  readText: ReadText,
  root: string,
  path: string | undefined,
  files: Files,
  machineBytes: number,
): Promise<number | null> {
  if (path === undefined) return null;
  // Within a container the path may be the host's, which is not to be seen: its own group is then the root.
  const parts = path.split("/").filter((part) => part !== "");
  let share: number | null = null;
  for (let depth = Math.min(parts.length, MAXIMUM_DEPTH); depth >= 0; depth--) {
    const folder = [root, ...parts.slice(0, depth)].join("/");
    const own = await shareOf(readText, folder, files, machineBytes);
    if (own !== null) share = Math.max(share ?? 0, own);
  }
  return share;
}

async function shareOf(
  readText: ReadText,
  folder: string,
  { usage, limit, reclaimable }: Files,
  machineBytes: number,
): Promise<number | null> {
  const limitBytes = Number((await optional(readText, `${folder}/${limit}`))?.trim());
  // "max" is no number, and v1 writes a number that no machine has.
  if (!(limitBytes > 0 && limitBytes < machineBytes)) return null;
  const usedBytes = Number(await readText(`${folder}/${usage}`));
  const cached = Number(reclaimable.exec((await optional(readText, `${folder}/memory.stat`)) ?? "")?.[1] ?? 0);
  return Math.max(0, usedBytes - cached) / limitBytes;
}

const optional = (readText: ReadText, path: string): Promise<string | undefined> =>
  readText(path).catch(() => undefined);
