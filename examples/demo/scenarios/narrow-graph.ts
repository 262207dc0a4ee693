import { type Dependency, DependencyError, type DependencyFailureKind } from "holdfast";

/** How much a graph can take: so many transactions at a time, each for so long. Its capacity is their quotient. */
export interface Narrowness {
  readonly slots: number;
  readonly serviceMs: number;
}

export interface NarrowGraph<Handle> {
  readonly dependency: Dependency<Handle>;
  readonly setServiceMs: (serviceMs: number) => void;
  /** The share of transactions that lose their connection before they begin, 0 to 1. */
  readonly setLossShare: (share: number) => void;
}

type Connection<Handle> = ReturnType<Dependency<Handle>["connect"]>;
type Receipts<Handle> = NonNullable<Connection<Handle>["receipts"]>;
type Attempt = Parameters<Receipts<unknown>["once"]>[0]["attempt"];

/**
 * A graph of a known capacity, wherever it stands: as one with so many connections, whose transactions take so long.
 * Who finds none free waits in line, first come, first served, as in a driver's pool.
 */
export function narrowGraph<Handle extends object>(
  dependency: Dependency<Handle>,
  { slots, serviceMs }: Narrowness,
): NarrowGraph<Handle> {
  const line = new Line(dependency.name, slots);
  let currentMs = serviceMs;
  let lossShare = 0;
  const served = async <Value>(attempt: Attempt, work: () => Promise<Value>): Promise<Value> => {
    await line.enter(attempt);
    try {
      if (currentMs > 0) await new Promise((resolve) => setTimeout(resolve, currentMs));
      if (Math.random() < lossShare) throw lost(dependency.name, "connection_lost", "unavailable");
      return await work();
    } finally {
      line.leave();
    }
  };
  return {
    setServiceMs: (ms) => void (currentMs = ms),
    setLossShare: (share) => void (lossShare = share),
    dependency: { ...dependency, connect: (context) => narrowed(dependency.connect(context), served) },
  };
}

function narrowed<Handle>(
  connection: Connection<Handle>,
  served: <Value>(attempt: Attempt, work: () => Promise<Value>) => Promise<Value>,
): Connection<Handle> {
  const store = connection.receipts;
  if (store === undefined) return connection;
  const receipts: Receipts<Handle> = {
    once: (request, work) => served(request.attempt, () => store.once(request, work)),
    onceBatch: (request, work) => served(request.attempt, () => store.onceBatch(request, work)),
    fence: (receipt, timeoutMs) => store.fence(receipt, timeoutMs),
    find: (receipt, timeoutMs) => store.find(receipt, timeoutMs),
    purge: (receipt, timeoutMs) => store.purge(receipt, timeoutMs),
  };
  return new Proxy(connection, {
    get(target, name) {
      if (name === "receipts") return receipts;
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === "function" ? (member.bind(target) as unknown) : member;
    },
  });
}

class Line {
  readonly #dependency: string;
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor(dependency: string, slots: number) {
    this.#dependency = dependency;
    this.#free = slots;
  }

  /** Rejects when the attempt is over before it is its turn: nothing of it has been sent. */
  enter(attempt: Attempt): Promise<void> {
    if (this.#free > 0) {
      this.#free -= 1;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const turn = (): void => {
        stopListening();
        resolve();
      };
      this.#waiting.push(turn);
      const stopListening = attempt.onEnd(() => {
        const place = this.#waiting.indexOf(turn);
        if (place >= 0) this.#waiting.splice(place, 1);
        reject(lost(this.#dependency, "no_connection_free", "overloaded"));
      });
    });
  }

  leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free += 1;
    else next();
  }
}

/** Nothing of it has been sent. */
const lost = (dependency: string, code: string, kind: DependencyFailureKind): DependencyError =>
  new DependencyError(code, `The graph was not reached: ${code}.`, { dependency, kind, effect: "none" });
