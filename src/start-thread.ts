import { setFlagsFromString } from "node:v8";
import { Worker, type WorkerOptions } from "node:worker_threads";

/**
 * More calls than a thread ever makes into the WebAssembly that strips its types, and little enough for V8's
 * smallest kind of integer.
 */
const NEVER = 1_000_000_000;

/**
 * Starts a thread on a file that lies beside the caller's, named without its suffix: sources run as .ts, the package
 * as .js, and the thread's file is what its caller is.
 *
 * Every thread of this package is started here, because a thread that runs from the sources can take the process
 * with it. Node strips types with a WebAssembly module, one in each thread. After a thousand calls out of it V8
 * compiles a wrapper for them, which all threads of the process share and count references to; the V8 of Node 24 lets
 * a thread take one whose last holder has just let go of it, and it is then freed twice (SIGSEGV or SIGTRAP below
 * `Runtime_TierUpWasmToJSWrapper`; newer V8 has `AddRefIfNotDying`). Writer and reader start at the same time, and
 * those of the last runtime are just ending. So where types are stripped, no such wrapper is compiled. The package
 * contains no types and leaves V8 as its embedder has set it.
 *
 * @example
 * const thread = startThread("./writer.worker", import.meta.url, { name: "holdfast-writer" });
 */
export function startThread(file: string, callersUrl: string, options: WorkerOptions): Worker {
  const stripsTypes = callersUrl.endsWith(".ts");
  if (stripsTypes) setFlagsFromString(`--wasm-wrapper-tiering-budget=${NEVER}`);
  return new Worker(new URL(`${file}${stripsTypes ? ".ts" : ".js"}`, callersUrl), options);
}
