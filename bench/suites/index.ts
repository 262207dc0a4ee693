import type { Suite } from "../suite.ts";

interface ListedSuite {
  /** For `--help`. */
  readonly measures: string;
  /** Flags of Node for its process. */
  readonly nodeFlags?: readonly string[];
  /** Within its own process only. */
  load(): Promise<{ readonly suite: Suite }>;
}

export const SUITES = {
  call: {
    measures: "runtime.call beside a bare await, cockatiel and opossum: time and bytes of a call",
    // A young generation that neither grows during a sample nor is collected while bytes are counted.
    nodeFlags: ["--expose-gc", "--min-semi-space-size=64", "--max-semi-space-size=64"],
    load: () => import("./call.ts"),
  },
  enqueue: {
    measures: "submit while the dependency is down, fsynced, beside plainjob, liteque and BullMQ",
    load: () => import("./enqueue.ts"),
  },
} satisfies Record<string, ListedSuite>;

export type SuiteName = keyof typeof SUITES;
export const SUITE_NAMES = Object.keys(SUITES) as SuiteName[];
export const listedSuite = (name: SuiteName): ListedSuite => SUITES[name];
