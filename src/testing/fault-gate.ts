import { DependencyError, type Effect } from "../errors.ts";
import type { Clock } from "../ports.ts";

type State = "open" | "cut" | "stalled";

interface Waiting {
  readonly effect: Effect;
  pass(): void;
  fail(error: DependencyError): void;
}

/** Where everything on its way to a dependency passes, or does not. */
export class FaultGate {
  readonly #dependency: string;
  readonly #waiting = new Set<Waiting>();
  readonly #onCut = new Set<() => void>();
  #state: State = "open";
  #delayMs = 0;
  /** Counts the cuts, so that an answer can tell whether one came between. */
  cuts = 0;

  constructor(dependency: string) {
    this.#dependency = dependency;
  }

  get stalled(): boolean {
    return this.#state === "stalled";
  }

  /** Called once with the next cut; returns a function that takes this back. */
  onCut(listener: () => void): () => void {
    this.#onCut.add(listener);
    return () => this.#onCut.delete(listener);
  }

  cut(): void {
    this.#state = "cut";
    this.cuts += 1;
    const listeners = [...this.#onCut];
    this.#onCut.clear();
    for (const listener of listeners) listener();
    for (const waiting of this.#takeWaiting()) waiting.fail(this.connectionLost(waiting.effect));
  }

  stall(): void {
    this.#state = "stalled";
  }

  delay(ms: number): void {
    this.#delayMs = ms;
  }

  restore(): void {
    this.#state = "open";
    this.#delayMs = 0;
    for (const waiting of this.#takeWaiting()) waiting.pass();
  }

  /** Resolves when the way is free. `effect` is what would be known if the connection broke here. */
  async pass(clock: Clock, effect: Effect): Promise<void> {
    if (this.#delayMs > 0 && this.#state === "open")
      await new Promise<void>((resolve) => clock.setTimer(resolve, this.#delayMs));
    if (this.#state === "cut") throw this.connectionLost(effect);
    if (this.#state === "stalled")
      await new Promise<void>((resolve, reject) => this.#waiting.add({ effect, pass: resolve, fail: reject }));
  }

  connectionLost(effect: Effect): DependencyError {
    return new DependencyError("connection_lost", "The connection to the graph was cut by a test.", {
      dependency: this.#dependency,
      kind: "unavailable",
      effect,
    });
  }

  #takeWaiting(): readonly Waiting[] {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    return waiting;
  }
}
