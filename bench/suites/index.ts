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
  submit: {
    measures: "a direct submit of one row beside the bare handler, on Neo4j and on the embedded graph",
    load: () => import("./submit.ts"),
  },
  enqueue: {
    measures: "submit while the dependency is down, fsynced, beside plainjob, liteque and BullMQ",
    load: () => import("./enqueue.ts"),
  },
  claim: {
    measures: "claim and end of a backlog: 10k, 100k and 1M rows, and what stands in front",
    load: () => import("./claim.ts"),
  },
  drain: {
    measures: "a backlog into a warm Neo4j, with receipts, beside the raw driver's batches without",
    load: () => import("./drain.ts"),
  },
  memory: {
    measures: "resident memory of the built package: 1M queued over 1M lanes, 1,000 calls in flight",
    load: () => import("./memory.ts"),
  },
  modes: {
    measures: "what an outage, a mode and an overload cost callers: how soon the policy knows, and how soon it is over",
    load: () => import("./modes.ts"),
  },
  surface: {
    measures:
      "the control surface: a request beside a bare route, a call in process and by the client, and 1,000 subscribers: memory, and a transition to all of them; the console",
    load: () => import("./surface.ts"),
  },
} satisfies Record<string, ListedSuite>;

export type SuiteName = keyof typeof SUITES;
export const SUITE_NAMES = Object.keys(SUITES) as SuiteName[];
export const listedSuite = (name: SuiteName): ListedSuite => SUITES[name];
