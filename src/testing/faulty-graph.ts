import type { Attempt } from "../dependencies/attempt.ts";
import type {
  Dependency,
  DependencyConnection,
  DependencyContext,
  FenceResult,
  OnceRequest,
  OnceResult,
  ReceiptKey,
  ReceiptStore,
} from "../dependencies/dependency.ts";
import { DependencyError, type Effect, MisuseError } from "../errors.ts";
import { FaultGate } from "./fault-gate.ts";

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
  readonly operationId: string;
  readonly attempt: number;
  readonly receipt: ReceiptKey | null;
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
  /** Replays that found their receipt. */
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

const MOST_PROBES = 1_000;

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

class Faults {
  readonly gate: FaultGate;
  readonly name: string;
  readonly options: FaultyGraphOptions;
  readonly counts = { begun: 0, committed: 0, swallowed: 0, foundBefore: 0 };
  readonly probes: number[] = [];
  toSwallow = 0;

  constructor(name: string, options: FaultyGraphOptions) {
    this.name = name;
    this.options = options;
    this.gate = new FaultGate(name);
  }
}

class FaultyConnection<Handle extends object> implements DependencyConnection<Handle>, ReceiptStore<Handle> {
  readonly #inner: DependencyConnection<Handle>;
  readonly #store: ReceiptStore<Handle>;
  readonly #faults: Faults;
  readonly #context: DependencyContext;

  constructor(inner: DependencyConnection<Handle>, faults: Faults, context: DependencyContext) {
    if (inner.receipts === undefined)
      throw new MisuseError("no_receipts", `${faults.name} keeps no receipts: faultyGraph is for graphs.`);
    this.#inner = inner;
    this.#store = inner.receipts;
    this.#faults = faults;
    this.#context = context;
  }

  get receipts(): ReceiptStore<Handle> {
    return this;
  }

  async probe(timeoutMs: number): Promise<void> {
    this.#faults.probes.push(this.#context.clock.now());
    if (this.#faults.probes.length > MOST_PROBES) this.#faults.probes.shift();
    await this.#through(timeoutMs, () => this.#inner.probe(timeoutMs));
  }

  reconnect(): Promise<void> {
    return this.#inner.reconnect();
  }

  close(): Promise<void> {
    return this.#inner.close();
  }

  classify(error: unknown): DependencyError | undefined {
    return this.#inner.classify(error);
  }

  handle(attempt: Attempt): Handle {
    return this.#gated(this.#inner.handle(attempt), () => {});
  }

  fence(receipt: ReceiptKey, timeoutMs: number): Promise<FenceResult> {
    return this.#through(timeoutMs, () => this.#store.fence(receipt, timeoutMs));
  }

  find(receipts: readonly ReceiptKey[], timeoutMs: number): Promise<readonly boolean[]> {
    return this.#through(timeoutMs, () => this.#store.find(receipts, timeoutMs));
  }

  purge(receipts: readonly ReceiptKey[], timeoutMs: number): Promise<void> {
    return this.#through(timeoutMs, () => this.#store.purge(receipts, timeoutMs));
  }

  /** Watches the attempt before the real graph does, as a stalled call never reaches it. */
  once(request: OnceRequest, work: (handle: Handle) => Promise<string | undefined>): Promise<OnceResult> {
    const progress: Progress = { phase: "working", held: 0, broken: undefined };
    return new Promise((resolve, reject) => {
      const stopListening = request.attempt.onEnd(() => {
        if (progress.held > 0) reject(this.#unanswered(progress.phase === "committing" ? "unknown" : "none"));
      });
      // A cut cable is noticed at once, whatever the graph behind it is still doing.
      const stopWatching = this.#faults.gate.onCut(() => {
        progress.broken ??= this.#faults.gate.connectionLost("none");
        reject(this.#faults.gate.connectionLost(progress.phase === "committing" ? "unknown" : "none"));
      });
      const settled = (): void => {
        stopListening();
        stopWatching();
      };
      this.#carryOut(request, work, progress).finally(settled).then(resolve, reject);
    });
  }

  async #carryOut(
    request: OnceRequest,
    work: (handle: Handle) => Promise<string | undefined>,
    progress: Progress,
  ): Promise<OnceResult> {
    const { gate, counts, options } = this.#faults;
    const context = {
      operationId: request.attempt.operationId,
      attempt: request.attempt.number,
      receipt: request.receipt,
    };
    counts.begun += 1;
    await options.onPoint?.("beforeBegin", context);
    let cutsBeforeCommit = gate.cuts;
    let calls = 0;
    const beforeCall = async (): Promise<void> => {
      calls += 1;
      if (calls > 1) await options.onPoint?.("betweenStatements", context);
      await this.#hold(progress, "none");
    };
    const result = await this.#store.once(request, async (handle) => {
      const value = await work(this.#gated(handle, beforeCall));
      await options.onPoint?.("beforeCommit", context);
      // A handler may have swallowed that its connection was lost; a connection does not forget.
      if (progress.broken !== undefined) throw progress.broken;
      progress.phase = "committing";
      cutsBeforeCommit = gate.cuts;
      await this.#hold(progress, "none");
      return value;
    });
    if (result.applied === "before") counts.foundBefore += 1;
    else counts.committed += 1;
    await options.onPoint?.("afterCommit", context);
    if (this.#swallows(request, result)) throw gate.connectionLost("unknown");
    if (gate.cuts !== cutsBeforeCommit) throw gate.connectionLost("unknown");
    await this.#hold(progress, "unknown");
    return result;
  }

  #swallows({ receipt }: OnceRequest, { applied }: OnceResult): boolean {
    if (this.#faults.toSwallow === 0 || receipt === null || applied === "before") return false;
    this.#faults.toSwallow -= 1;
    this.#faults.counts.swallowed += 1;
    return true;
  }

  async #hold(progress: Progress, effect: Effect): Promise<void> {
    progress.held += 1;
    try {
      await this.#faults.gate.pass(this.#context.clock, effect);
    } catch (error) {
      progress.broken ??= error as DependencyError;
      throw error;
    } finally {
      progress.held -= 1;
    }
  }

  /** The handle, each of whose calls passes the gate first. */
  #gated(handle: Handle, beforeCall: () => void | Promise<void>): Handle {
    return new Proxy(handle, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name, target);
        if (typeof member !== "function") return member;
        return (...parameters: unknown[]) => {
          const answer = (async () => {
            await beforeCall();
            return (member as (...values: unknown[]) => unknown).apply(target, parameters);
          })();
          answer.catch(() => {});
          return answer;
        };
      },
    });
  }

  #through<Value>(timeoutMs: number, send: () => Promise<Value>): Promise<Value> {
    return new Promise((resolve, reject) => {
      const timer = this.#context.clock.setTimer(() => reject(this.#unanswered("unknown")), timeoutMs);
      this.#faults.gate
        .pass(this.#context.clock, "unknown")
        .then(send)
        .finally(() => timer.cancel())
        .then(resolve, reject);
    });
  }

  #unanswered(effect: Effect): DependencyError {
    return new DependencyError("no_answer", "The graph did not answer: a test has stalled it.", {
      dependency: this.#faults.name,
      kind: "unavailable",
      effect,
    });
  }
}

interface Progress {
  phase: "working" | "committing";
  /** Calls that wait at the gate. */
  held: number;
  broken: DependencyError | undefined;
}
