import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** What this thread's heap holds after a collection of everything that nobody holds. */
export function heapBytes(): number {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  collect();
  collect();
  return process.memoryUsage().heapUsed;
}
