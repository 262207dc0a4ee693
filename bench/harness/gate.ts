import { type Dependency, dependency, type Runtime } from "holdfast";

/** A dependency that is up or down as the bench says. Operations that depend on it wait while it is down. */
export class Gate {
  readonly name: string;
  readonly dependency: Dependency;
  #up = false;

  /** Down at first. */
  constructor(name = "gate") {
    this.name = name;
    this.dependency = dependency({
      name,
      probe: async () => {
        if (!this.#up) throw new Error("The gate is shut.");
      },
      // Opened by request, and fully.
      breaker: { initialBreakMs: 3_600_000, maximumBreakMs: 3_600_000 },
      concurrency: { slowStartMs: 0 },
    });
  }

  /** Resolves when its breaker is closed: what waited may start from this moment. */
  async open(runtime: Runtime): Promise<void> {
    this.#up = true;
    await this.#until(runtime, "run", () => runtime.requestProbe(this.name, "bench"));
  }

  async shut(runtime: Runtime): Promise<void> {
    this.#up = false;
    const fail = async (): Promise<never> => {
      throw new Error("The gate is shut.");
    };
    await this.#until(runtime, "queue", () => void runtime.call(this.dependency, fail));
  }

  #until(runtime: Runtime, decision: "run" | "queue", nudge: () => void): Promise<void> {
    const decided = (): boolean => runtime.status().control.policy.dependencies[this.name]?.decision === decision;
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
