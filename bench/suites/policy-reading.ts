import { join } from "node:path";
import { createRuntime, type Dependency, dependency, PRIORITIES, type Runtime, silentLogger } from "holdfast";
import type { Finding } from "../entry.ts";
import { interleaved } from "../harness/interleaved.ts";
import { callsWithin, type Loop, nanosecondsPerCall } from "../harness/time-calls.ts";
import type { SuiteContext } from "../suite.ts";

/*
 * What it costs to read the policy: the reference, and in it what holds for one priority and for one dependency. Beside
 * it one property of an object of one's own, read by the same loop. Both loops turn between two objects, so that no
 * read can be moved out of them, and check what they have read, so that none can be left out.
 */

const RUNS = "run";
/** Powers of two: the loops choose by a bit mask. */
const NAMES = ["graph", "search", "mail", "prices"] as const;

export async function* policyReading({ folder, quick, progress }: SuiteContext): AsyncIterable<Finding> {
  progress("reading the policy");
  const runtimes: Runtime[] = [];
  try {
    for (const place of ["one", "other"])
      runtimes.push(
        await createRuntime({
          dataDirectory: join(folder, `reading-${place}`),
          operations: [],
          dependencies: NAMES.map((name): Dependency => dependency({ name, probe: async () => {} })),
          monitoring: false,
          logger: silentLogger,
        }),
      );
    const loops = {
      ours: readsOfPolicy(runtimes),
      keyed: readsByName(runtimes),
      bare: readsOfProperty([{ decision: RUNS }, { decision: RUNS }]),
    };
    const timed: Record<string, () => Promise<{ figure: number }>> = {};
    for (const [name, loop] of Object.entries(loops)) {
      const reads = await callsWithin(loop, quick ? 2 : 20, quick ? 10 : 400);
      timed[name] = async () => ({ figure: await nanosecondsPerCall(loop, reads) });
    }
    const { of, foreignCores } = await interleaved(timed, quick ? 3 : 25);
    const peers = [{ name: "one property read", value: of["bare"]!.figure }];
    yield {
      case: "reading the policy: one priority, one dependency",
      unit: "ns",
      ours: of["ours"]!.figure,
      peers,
      foreignCores,
    };
    yield {
      case: "reading the policy: whichever priority and dependency",
      unit: "ns",
      ours: of["keyed"]!.figure,
      peers,
      foreignCores,
      note: "others each time, so that their names are looked up",
    };
  } finally {
    for (const runtime of runtimes) await runtime.stop();
  }
}

const readsOfPolicy =
  (runtimes: readonly Runtime[]): Loop =>
  async (reads) => {
    let running = 0;
    for (let read = 0; read < reads; read++) {
      const { byPriority, dependencies } = runtimes[read & 1]!.policy;
      if (byPriority.normal === RUNS && dependencies["graph"]!.decision === RUNS) running += 1;
    }
    expectAll(running, reads);
  };

const readsByName = (runtimes: readonly Runtime[]): Loop => {
  const priorities = PRIORITIES.slice(0, 4);
  return async (reads) => {
    let running = 0;
    for (let read = 0; read < reads; read++) {
      const { byPriority, dependencies } = runtimes[read & 1]!.policy;
      const place = read & 3;
      if (byPriority[priorities[place]!] === RUNS && dependencies[NAMES[place]!]!.decision === RUNS) running += 1;
    }
    expectAll(running, reads);
  };
};

const readsOfProperty =
  (objects: readonly { readonly decision: string }[]): Loop =>
  async (reads) => {
    let running = 0;
    for (let read = 0; read < reads; read++) if (objects[read & 1]!.decision === RUNS) running += 1;
    expectAll(running, reads);
  };

function expectAll(running: number, reads: number): void {
  if (running !== reads) throw new Error(`${running} of ${reads} reads found "run" where all are to`);
}
