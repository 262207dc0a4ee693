import type { Dependency, ReceiptKey } from "../dependencies/dependency.ts";
import { FaultyConnection, Faults } from "./faulty-connection.ts";

/** Where a transaction is when a test may hold it, or kill the process. */
export type FaultPoint =
  /** Before the handler runs; nothing has been sent. */
  | "beforeBegin"
  /** Before each call of the handler but its first. */
  | "betweenStatements"
  /** The handler has returned; the commit has not been sent. */
  | "beforeCommit"
  /** The effect is durable; nobody has been told. */
  | "afterCommit";

export interface FaultPointContext {
  /** Of a batch, that of its first operation; so too `attempt` and `receipt`. */
  readonly operationId: string;
  readonly attempt: number;
  readonly receipt: ReceiptKey | null;
  /** How many operations share the transaction. */
  readonly items: number;
}

export interface FaultyGraphOptions {
  /** Called at each point; the transaction goes on when what it returns has settled. */
  readonly onPoint?: (point: FaultPoint, context: FaultPointContext) => void | Promise<void>;
}

export interface FaultCounts {
  /** Transactions that were begun, and those whose commit was answered by the graph. */
  readonly begun: number;
  readonly committed: number;
  /** Commits that took effect and whose answer was kept back on request. */
  readonly swallowed: number;
  /** Operations that found their receipt: replays. */
  readonly foundBefore: number;
}

export interface FaultyGraph<Handle> {
  /** Give this one to the runtime. */
  readonly dependency: Dependency<Handle>;
  readonly counts: FaultCounts;
  /** When probes came, wall time in milliseconds; the last thousand. */
  readonly probes: readonly number[];
  /** From now on everything fails as a lost connection; commits under way as well, with an unknown effect. */
  cut(): void;
  /** From now on nothing is answered, and nothing fails either. */
  stall(): void;
  /** Each call, and each commit, takes this much longer. */
  delay(ms: number): void;
  /** Everything works again; what was stalled goes on. */
  restore(): void;
  /** The next `n` commits with a receipt take effect, and reject as a lost connection with an unknown effect. */
  swallowCommitAnswers(n: number): void;
}

/**
 * Wraps a graph (any dependency with receipts) in faults that happen at its port: what the fault proxy does to a
 * socket, for a graph that has none.
 *
 * @example
 * const faulty = faultyGraph(embeddedGraph({ file, nodes }));
 * // dependsOn: { graph: faulty.dependency }
 * faulty.cut();
 */
export function faultyGraph<Handle extends object>(
  dependency: Dependency<Handle>,
  options: FaultyGraphOptions = {},
): FaultyGraph<Handle> {
  const faults = new Faults(dependency.name, options);
  return {
    dependency: {
      ...dependency,
      connect: (context) => new FaultyConnection(dependency.connect(context), faults, context),
    },
    counts: faults.counts,
    probes: faults.probes,
    cut: () => faults.gate.cut(),
    stall: () => faults.gate.stall(),
    delay: (ms) => faults.gate.delay(ms),
    restore: () => faults.gate.restore(),
    swallowCommitAnswers: (n) => void (faults.toSwallow = n),
  };
}
