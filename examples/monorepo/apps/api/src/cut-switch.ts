import { InvalidValueError } from "holdfast";
import type { DevelopmentFault, DevelopmentFaults } from "holdfast/server";

/** In development: takes the graph away, and gives it back. */
export class CutSwitch implements DevelopmentFaults {
  readonly #graph: { cut(): void; restore(): void };
  #isCut = false;

  constructor(graph: { cut(): void; restore(): void }) {
    this.#graph = graph;
  }

  list(): readonly DevelopmentFault[] {
    return [this.#fault()];
  }

  set(_id: string, value: boolean | number): DevelopmentFault {
    if (typeof value !== "boolean") throw new InvalidValueError("invalid_fault_value", "value", "It is a switch.");
    if (value) this.#graph.cut();
    else this.#graph.restore();
    this.#isCut = value;
    return this.#fault();
  }

  #fault(): DevelopmentFault {
    return {
      id: "graph.cut",
      title: "The graph is gone",
      explanation: "Readings wait on disk, and are written when it is back.",
      kind: "switch",
      on: this.#isCut,
    };
  }
}
