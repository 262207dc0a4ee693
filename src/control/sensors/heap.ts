import { totalmem } from "node:os";
import { getHeapSpaceStatistics, getHeapStatistics } from "node:v8";
import { resourceLimits } from "node:worker_threads";

const MIB = 1_024 ** 2;

/** What is known of a thread's heap before anything is measured. */
export interface HeapFacts {
  /** V8's `heap_size_limit`. */
  readonly reportedBytes: number;
  /** As they were given to Node, the later one counts: `NODE_OPTIONS`, then the command line. */
  readonly options: readonly string[];
  /** What the machine has, or the container if that is less. */
  readonly machineBytes: number;
  /** A worker's own, where nothing on the command line outranks it. */
  readonly workerOldGenerationMib: number | undefined;
}

/**
 * At what V8 ends the process, in bytes of the old generation.
 *
 * It is not `heap_size_limit`, which adds three times the largest semi-space (192 MiB with Node 24, 48 with Node 20).
 * Measured by children of Node 24.21 and 20.20 that filled their heap until they died, with small objects, with large
 * arrays, and with small ones among garbage. With `--max-old-space-size=256` the limit reads 448 MiB (262 with
 * `--max-semi-space-size=2`, 304 with 16), with 512 it reads 704, with `--max-heap-size=256` it reads 256; they died with
 * 248 to 255, 488 to 510, and 248 to 251 MiB in the old generation. Only where the nursery itself was full of what
 * lives, and was to be moved into what was left, did they die earlier: at 206 of 256 MiB, 322 of 384, 45 of 64. A
 * service's nursery is mostly garbage, so it is left out: with it, the same service would read 25 % more or less by the moment.
 *
 * So the size that was asked for counts, and where none was, what is left of the limit without three semi-spaces. V8 does
 * not tell how large those may become: by default 3/64 of the old generation (4,288 MiB are 4,096 and 192 with Node
 * 24), less with Node 20, where this is 3 % too careful. What is set with `v8.setFlagsFromString` is not seen.
 */
export function oldGenerationLimit({
  reportedBytes,
  options,
  machineBytes,
  workerOldGenerationMib,
}: HeapFacts): number {
  const oldMib = numberOf("max-old-space-size", options);
  if (oldMib !== undefined) return Math.min(reportedBytes, oldMib * MIB);
  const percentage = numberOf("max-old-space-size-percentage", options);
  if (percentage !== undefined) return Math.min(reportedBytes, (machineBytes * percentage) / 100);
  if (workerOldGenerationMib !== undefined) return Math.min(reportedBytes, workerOldGenerationMib * MIB);
  const semiSpaceMib = numberOf("max-semi-space-size", options);
  const withoutNursery =
    semiSpaceMib === undefined ? (reportedBytes * 64) / 67 : reportedBytes - 3 * semiSpaceMib * MIB;
  return withoutNursery > 0 ? withoutNursery : reportedBytes;
}

/** V8 takes `_` for `-`, and 0 for "not given". */
function numberOf(name: string, options: readonly string[]): number | undefined {
  const given = options
    .map((option) => option.split("="))
    .findLast(([key = ""]) => key.replaceAll("_", "-") === `--${name}`);
  const number = Number(given?.[1]);
  return number > 0 ? number : undefined;
}

let limitBytes: number | undefined;

/** The old generation of this thread: what is in use, garbage that is not collected yet included, and what it may have. */
export function oldGeneration(): { readonly usedBytes: number; readonly limitBytes: number } {
  const { used_heap_size: used, heap_size_limit: reportedBytes } = getHeapStatistics();
  const young = getHeapSpaceStatistics().filter(({ space_name: name }) => name.startsWith("new_"));
  const usedBytes = young.reduce((left, { space_used_size: bytes }) => left - bytes, used);
  limitBytes ??= oldGenerationLimit({
    reportedBytes,
    options: [...(process.env["NODE_OPTIONS"]?.split(/\s+/) ?? []), ...process.execArgv],
    machineBytes: availableBytes(),
    workerOldGenerationMib: resourceLimits.maxOldGenerationSizeMb,
  });
  return { usedBytes: Math.max(0, usedBytes), limitBytes };
}

function availableBytes(): number {
  const constrained = process.constrainedMemory();
  return constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
}
