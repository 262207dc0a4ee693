import type { DevelopmentFault } from "holdfast/server";
import type { FaultyGraph } from "holdfast/testing";

/** How long a flapping graph is gone, and how long it is there. */
const GONE_MS = 2_000;
const THERE_MS = 4_000;

/** What can be done to the manuals' graph at its port: nothing of it reaches the graph itself. */
export class GraphFaults {
  readonly #graph: Pick<FaultyGraph<object>, "cut" | "restore" | "delay">;
  #isCut = false;
  #isFlapping = false;
  #isGone = false;
  #slowMs = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(graph: Pick<FaultyGraph<object>, "cut" | "restore" | "delay">) {
    this.#graph = graph;
  }

  list(): readonly DevelopmentFault[] {
    return [
      {
        kind: "switch",
        id: "graph.cut",
        title: "Cut the graph",
        explanation:
          "Every connection breaks. The breaker opens, what is accepted waits on disk; restored, it is probed, and the backlog drains.",
        on: this.#isCut,
      },
      {
        kind: "slider",
        id: "graph.slow",
        title: "Slow the graph",
        explanation: "Each call takes this much longer. The concurrency limit adapts to what the graph still bears.",
        value: this.#slowMs,
        minimum: 0,
        maximum: 5_000,
        step: 50,
        unit: "ms",
      },
      {
        kind: "switch",
        id: "graph.flap",
        title: "Let the graph flap",
        explanation: "Gone for two seconds, there for four, again and again: it is called gently between its openings.",
        on: this.#isFlapping,
      },
    ];
  }

  set(id: string, value: boolean | number): void {
    if (id === "graph.slow") this.#slowMs = Number(value);
    else if (id === "graph.cut") this.#isCut = value === true;
    else this.#flap(value === true);
    this.#apply();
  }

  stop(): void {
    this.#flap(false);
  }

  #flap(on: boolean): void {
    this.#isFlapping = on;
    clearTimeout(this.#timer);
    this.#isGone = false;
    if (on) this.#turn();
  }

  #turn(): void {
    this.#isGone = !this.#isGone;
    this.#apply();
    this.#timer = setTimeout(() => this.#turn(), this.#isGone ? GONE_MS : THERE_MS).unref();
  }

  #apply(): void {
    if (this.#isCut || this.#isGone) return this.#graph.cut();
    this.#graph.restore();
    this.#graph.delay(this.#slowMs);
  }
}
