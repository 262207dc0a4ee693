import type { Attempt } from "../dependencies/attempt.ts";
import type {
  DependencyConnection,
  DependencyContext,
  FenceResult,
  OnceBatchRequest,
  OnceBatchResult,
  OnceRequest,
  OnceResult,
  ReceiptKey,
  ReceiptStore,
} from "../dependencies/dependency.ts";
import { DependencyError, type Effect, MisuseError } from "../errors.ts";
import { FaultGate } from "./fault-gate.ts";
import type { FaultPointContext, FaultyGraphOptions } from "./faulty-graph.ts";

const MOST_PROBES = 1_000;

/** The faults of one graph, over all its connections. */
export class Faults {
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

/** A graph's connection, each of whose transactions passes the named points and the gate. */
export class FaultyConnection<Handle extends object> implements DependencyConnection<Handle>, ReceiptStore<Handle> {
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

  once(request: OnceRequest, work: (handle: Handle) => Promise<string | undefined>): Promise<OnceResult> {
    return this.#transaction(
      { attempt: request.attempt, receipt: request.receipt, items: 1 },
      (begin) => this.#store.once(request, async (handle) => begin(handle, (gated) => work(gated))),
      (result) => [result],
    );
  }

  onceBatch(
    request: OnceBatchRequest,
    work: (handle: Handle, fresh: readonly number[]) => Promise<readonly (string | undefined)[]>,
  ): Promise<OnceBatchResult> {
    const { attempt, items } = request;
    return this.#transaction(
      { attempt, receipt: items[0]?.receipt ?? null, items: items.length },
      (begin) => this.#store.onceBatch(request, async (handle, fresh) => begin(handle, (gated) => work(gated, fresh))),
      (result) => (result.state === "applied" ? result.results : []),
    );
  }

  /** Watches the attempt before the real graph does, as a stalled call never reaches it. */
  #transaction<Answer>(
    begun: Begun,
    send: (begin: BeginWork<Handle>) => Promise<Answer>,
    resultsOf: (answer: Answer) => readonly OnceResult[],
  ): Promise<Answer> {
    const progress: Progress = { phase: "working", held: 0, broken: undefined };
    return new Promise((resolve, reject) => {
      const stopListening = begun.attempt.onEnd(() => {
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
      this.#carryOut(begun, send, resultsOf, progress).finally(settled).then(resolve, reject);
    });
  }

  async #carryOut<Answer>(
    { attempt, receipt, items }: Begun,
    send: (begin: BeginWork<Handle>) => Promise<Answer>,
    resultsOf: (answer: Answer) => readonly OnceResult[],
    progress: Progress,
  ): Promise<Answer> {
    const { gate, counts, options } = this.#faults;
    const context = { operationId: attempt.operationId, attempt: attempt.number, receipt, items };
    counts.begun += 1;
    await options.onPoint?.("beforeBegin", context);
    let cutsBeforeCommit = gate.cuts;
    let calls = 0;
    const beforeCall = async (): Promise<void> => {
      calls += 1;
      if (calls > 1) await options.onPoint?.("betweenStatements", context);
      await this.#hold(progress, "none");
    };
    const answer = await send(async (handle, work) => {
      const value = await work(this.#gated(handle, beforeCall));
      await options.onPoint?.("beforeCommit", context);
      // A handler may have swallowed that its connection was lost; a connection does not forget.
      if (progress.broken !== undefined) throw progress.broken;
      progress.phase = "committing";
      cutsBeforeCommit = gate.cuts;
      await this.#hold(progress, "none");
      return value;
    });
    const before = resultsOf(answer).filter(({ applied }) => applied === "before").length;
    const hasApplied = before < resultsOf(answer).length;
    counts.foundBefore += before;
    if (hasApplied) counts.committed += 1;
    await options.onPoint?.("afterCommit", context);
    if (hasApplied && receipt !== null && this.#swallows()) throw gate.connectionLost("unknown");
    if (gate.cuts !== cutsBeforeCommit) throw gate.connectionLost("unknown");
    await this.#hold(progress, "unknown");
    return answer;
  }

  #swallows(): boolean {
    if (this.#faults.toSwallow === 0) return false;
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

/** A transaction that is begun: of one operation, or of a batch. */
interface Begun extends Pick<FaultPointContext, "receipt" | "items"> {
  readonly attempt: Attempt;
}

/** Runs the handler's work between the named points. */
type BeginWork<Handle> = <Result>(handle: Handle, work: (gated: Handle) => Promise<Result>) => Promise<Result>;

interface Progress {
  phase: "working" | "committing";
  /** Calls that wait at the gate. */
  held: number;
  broken: DependencyError | undefined;
}
