import { type Dependency, dependency, type Runtime } from "holdfast";

/** A dependency that is up or down as the bench says, by its probes alone: its calls go their usual way. */
export class Gate<Handle = unknown> {
  readonly dependency: Dependency<Handle>;
  #up = false;

  /** Down at first. */
  constructor(around: Dependency<Handle>) {
    this.dependency = {
      ...around,
      // Opened by request, and fully.
      breaker: { ...around.breaker, initialBreakMs: 3_600_000, maximumBreakMs: 3_600_000 },
      concurrency: { ...around.concurrency, slowStartMs: 0 },
      connect: (context) => {
        const connection = around.connect(context);
        const probe = connection.probe.bind(connection);
        connection.probe = async (timeoutMs) => {
          if (!this.#up) throw new Error("The gate is shut.");
          await probe(timeoutMs);
        };
        return connection;
      },
    };
  }

  /** Resolves when its breaker is closed: what waited may start from this moment. */
  async open(runtime: Runtime): Promise<void> {
    this.#up = true;
    await this.#until(runtime, "run", () =>
      runtime.degradation.resetDependency(this.dependency.name, { reason: "the bench opens its gate" }),
    );
  }

  async shut(runtime: Runtime): Promise<void> {
    this.#up = false;
    const fail = async (): Promise<never> => {
      throw new Error("The gate is shut.");
    };
    await this.#until(runtime, "queue", () => void runtime.call(this.dependency, fail));
  }

  #until(runtime: Runtime, decision: "run" | "queue", nudge: () => void): Promise<void> {
    const decided = (): boolean =>
      runtime.status().control.policy.dependencies[this.dependency.name]?.decision === decision;
    if (decided()) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setInterval(() => {
        if (!settle()) nudge();
      }, 50);
      const stopListening = runtime.on("policy", () => settle());
      const settle = (): boolean => {
        if (!decided()) return false;
        clearInterval(timer);
        stopListening();
        resolve();
        return true;
      };
      nudge();
    });
  }
}

/** Of nothing but a probe. */
export const plainGate = (name = "gate"): Gate => new Gate(dependency({ name, probe: async () => {} }));
