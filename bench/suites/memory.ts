import { fork, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Finding } from "../entry.ts";
import type { SuiteContext } from "../suite.ts";

/* Resident memory of a service that runs the built package, each state in a process of its own. Nothing is averaged. */

interface State {
  readonly rssBytes: number;
  /** The main thread's JavaScript heap, garbage included. */
  readonly heapBytes: number;
  /** While it lived. */
  readonly highestRssBytes: number;
  readonly queued: number;
  readonly inFlight: number;
}

type Condition = "built" | "built, with a small nursery" | "from source";

/** V8 lets the main thread's nursery grow to 48 MB; what it may take is the embedding process's to say. */
const SMALL_NURSERY = "--max-semi-space-size=4";

const root = new URL("../../", import.meta.url);
const IN_FLIGHT = 1_000;

export async function* suite({ folder, quick, progress }: SuiteContext): AsyncIterable<Finding> {
  progress("building the package");
  await build();
  const rows = quick ? 2_000 : 1_000_000;
  const called = quick ? "2k queued over 2k lanes" : "1M queued over 1M lanes";
  const read = (state: string, condition: Condition = "built", store = state): Promise<State> => {
    progress(`${state}, ${condition}`);
    return readState({ state, folder: join(folder, store), rows, calls: IN_FLIGHT }, condition);
  };
  const megabytes = (name: string, bytes: number): Finding => ({ case: name, unit: "MB", ours: bytes / 1e6 });
  const resident = (name: string, { rssBytes, heapBytes }: State): Finding => ({
    ...megabytes(name, rssBytes),
    note: `${Math.round(heapBytes / 1e6)} MB of it the main thread's heap`,
  });

  yield resident("RSS of an idle service", await read("idle"));
  yield resident("RSS of an idle service, run from source", await read("idle", "from source", "source"));

  const inFlight = await read("in flight");
  expectCount(inFlight.inFlight, IN_FLIGHT, "calls in flight");
  yield resident("RSS with 1,000 calls in flight", inFlight);

  const filled = await read("filled");
  expectCount(filled.queued, rows, "rows queued");
  yield resident(`RSS with ${called}`, filled);
  yield megabytes(`highest RSS while they were queued: ${called}`, filled.highestRssBytes);

  const filledSmall = await read("filled", "built, with a small nursery", "filled small");
  expectCount(filledSmall.queued, rows, "rows queued");
  yield resident(`RSS with ${called}, Node started with ${SMALL_NURSERY}`, filledSmall);

  const reopened = await read("reopened", "built", "filled");
  expectCount(reopened.queued, rows, "rows queued");
  yield resident(`RSS reopened with ${called}`, reopened);
}

function expectCount(found: number, wanted: number, what: string): void {
  if (found !== wanted) throw new Error(`${found} ${what} where ${wanted} are measured`);
}

async function readState(order: object, condition: Condition): Promise<State> {
  const options = process.env["NODE_OPTIONS"] ?? "";
  const child = fork(fileURLToPath(new URL("./memory-process.mjs", import.meta.url)), [JSON.stringify(order)], {
    execArgv: [
      "--import",
      new URL("../resolve-holdfast.mjs", import.meta.url).href,
      ...(condition === "built, with a small nursery" ? [SMALL_NURSERY] : []),
    ],
    env: {
      ...process.env,
      NODE_OPTIONS: condition === "from source" ? options : options.replaceAll("--conditions=holdfast-source", ""),
    },
    stdio: ["ignore", 2, 2, "ipc"],
  });
  const killAtExit = (): boolean => child.kill("SIGKILL");
  process.once("exit", killAtExit);
  let state: State | undefined;
  child.on("message", (message) => (state = message as State));
  const [code] = (await once(child, "exit")) as [number | null];
  process.off("exit", killAtExit);
  if (state === undefined || code !== 0)
    throw new Error(`the process that is measured ended with ${code ?? "a signal"}`);
  return state;
}

/** As `npm run build`. */
async function build(): Promise<void> {
  const argv = ["node_modules/typescript/bin/tsc", "-p", "tsconfig.build.json"];
  const child = spawn(process.execPath, argv, { cwd: fileURLToPath(root), stdio: ["ignore", 2, 2] });
  const killAtExit = (): boolean => child.kill("SIGKILL");
  process.once("exit", killAtExit);
  const [code] = (await once(child, "exit")) as [number | null];
  process.off("exit", killAtExit);
  if (code !== 0) throw new Error("npm run build failed; see above");
}
