import { getHeapSpaceStatistics, getHeapStatistics } from "node:v8";

const MIB = 1_024 ** 2;
const LIMIT_OPTION = "--max-old-space-size=";

const given = process.execArgv.find((option) => option.startsWith(LIMIT_OPTION))?.slice(LIMIT_OPTION.length);

/**
 * How full the old generation is, of which V8 ends the process. Measured here once more, since the control has no
 * Holdfast; where the scenario sets no limit, it is only shown, and V8's own figure will do.
 */
export function heapShare(): number {
  const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics();
  const young = getHeapSpaceStatistics().filter(({ space_name: name }) => name.startsWith("new_"));
  const old = young.reduce((left, { space_used_size: bytes }) => left - bytes, used);
  return old / (given === undefined ? limit : Number(given) * MIB);
}
